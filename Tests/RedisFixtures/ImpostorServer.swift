import Glibc

/// What listens on a Unix socket as a Redis server would, and says to each connection, one after the other, what a test
/// wants. It listens until it is closed.
package final class ImpostorServer: Sendable {
    package let socket: String
    private let listener: Int32

    /// One connection, until the talk on it returns. One thread at a time.
    package struct Line {
        fileprivate let descriptor: Int32

        /// What came, once something has; empty once no more comes.
        package func read() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
            return Array(bytes.prefix(max(0, count)))
        }

        /// False once nobody listens.
        @discardableResult package func send(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { bytes in
                    unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        @discardableResult package func send(_ text: String) -> Bool { send(Array(text.utf8)) }
    }

    /// Passed to the thread, which needs nothing else.
    private final class Part: Sendable {
        let listener: Int32
        let talk: @Sendable (Line) -> Void

        init(_ listener: Int32, _ talk: @escaping @Sendable (Line) -> Void) {
            (self.listener, self.talk) = (listener, talk)
        }

        func serve() {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                talk(Line(descriptor: connection))
                Glibc.close(connection)
            }
            Glibc.close(listener)
        }
    }

    package init(_ talk: @escaping @Sendable (Line) -> Void) {
        let path = "/tmp/paitify-impostor-\(UInt64.random(in: 0...UInt64.max))"
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        unsafe withUnsafeBytes(of: &address) { bytes in
            let raw = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            precondition(unsafe bind(listener, raw, socklen_t(bytes.count)) == 0 && listen(listener, 16) == 0)
        }
        (socket, self.listener) = (path, listener)
        let part = unsafe Unmanaged.passRetained(Part(listener, talk)).toOpaque()
        var thread = pthread_t()
        unsafe pthread_create(
            &thread, nil,
            { context in
                unsafe Unmanaged<Part>.fromOpaque(context!).takeRetainedValue().serve()
                return nil
            }, part)
        pthread_detach(thread)
    }

    /// Its thread ends.
    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        unsafe unlink(socket)
    }
}
