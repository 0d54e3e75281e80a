import Glibc
import Synchronization

/// An HTTP server on a port that the kernel chose, which gives the same answer to every request.
final class LoopbackServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let answer: Mutex<[UInt8]>
    private let count = Atomic<Int>(0)

    /// Requests that were answered.
    var requestCount: Int { count.load(ordering: .sequentiallyConsistent) }
    var url: String { "http://127.0.0.1:\(port)/.well-known/jwks.json" }

    init(answering body: String, status: String = "200 OK") {
        answer = Mutex(Self.answer(body, status))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            let raw = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            precondition(unsafe bind(listener, raw, length) == 0 && listen(listener, 16) == 0)
            precondition(unsafe getsockname(listener, raw, &length) == 0)
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        // The thread holds the server only while it answers: who drops the last reference has closed it first.
        let this = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        unsafe pthread_create(
            &thread, nil,
            { context in
                unsafe Unmanaged<LoopbackServer>.fromOpaque(context!).takeRetainedValue().serve()
                return nil
            }, this)
        pthread_detach(thread)
    }

    /// Accepts no more; its thread ends.
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    func reply(_ body: String, status: String = "200 OK") {
        answer.withLock { $0 = Self.answer(body, status) }
    }

    private static func answer(_ body: String, _ status: String) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nCache-Control: max-age=100\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n"
        return Array((head + body).utf8)
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            var request = [UInt8](repeating: 0, count: 4096)
            _ = unsafe read(connection, &request, request.count)
            count.add(1, ordering: .sequentiallyConsistent)
            let bytes = answer.withLock { $0 }
            _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            Glibc.close(connection)
        }
        Glibc.close(listener)
    }
}
