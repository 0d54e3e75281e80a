import Dispatch
import Glibc
import NIOCore
import Synchronization
import Testing

@testable import Server

@Suite struct `A log that nobody reads` {
    /// A pipe with room for a page, and a sink of a kilobyte before it.
    private struct Pipe {
        let sink: LogSink
        let lost = Counter()
        let output: Int32
        private let input: Int32

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(unsafe pipe(&ends) == 0)
            (output, input) = (ends[0], ends[1])
            // F_SETPIPE_SZ, which Swift does not see.
            _ = fcntl(input, 1031, 4096)
            sink = LogSink(descriptor: input, bytesMax: 1024, lost: lost) { ByteBuffer(string: "gap \($0)\n") }
        }

        /// What comes until a line that says "last". A thread of its own reads from now on: a test that keeps its own thread
        /// waiting until the sink is empty must not have to wait for one that reads.
        func reading() -> AsyncStream<[Substring]> {
            let (lines, continuation) = AsyncStream.makeStream(of: [Substring].self)
            DispatchQueue(label: "reader").async { [output] in
                var text: [UInt8] = []
                var page = [UInt8](repeating: 0, count: 512)
                while !text.reversed().starts(with: "last\n".utf8.reversed()) {
                    let count = unsafe read(output, &page, page.count)
                    guard count > 0 else { break }
                    text += page[..<count]
                }
                continuation.yield(String(decoding: text, as: UTF8.self).split(separator: "\n"))
                continuation.finish()
            }
            return lines
        }

        func close() {
            Glibc.close(output)
            Glibc.close(input)
        }
    }

    @Test func `keeps nobody waiting; what it has no room for is counted, and told of where it is missing`()
        async throws
    {
        let pipe = try Pipe()
        defer { pipe.close() }
        // More than pipe and sink hold together. Were it written where it is logged, this would never end.
        for number in 0..<1000 { pipe.sink.write(ByteBuffer(string: "line \(number)\n")) }
        pipe.sink.write(ByteBuffer(string: String(repeating: "-", count: 2000) + "\n"))
        let lost = Int(pipe.lost.value)
        #expect(lost > 1)

        let reading = pipe.reading()
        pipe.sink.flush(within: .seconds(60))
        pipe.sink.write(ByteBuffer(string: "last\n"))
        var (next, gaps) = (0, 0)
        for line in try #require(await reading.first { _ in true }).dropLast() {
            let number = try #require(Int(line.drop { !$0.isNumber }))
            if line.hasPrefix("gap") {
                gaps += number
                next += number
            } else {
                #expect(line == "line \(next)")
                next += 1
            }
        }
        #expect(next == 1001 && gaps == lost)
        #expect(Int(pipe.lost.value) == lost)
    }

    @Test func `ends the program all the same`() async throws {
        let pipe = try Pipe()
        defer { pipe.close() }
        for _ in 0..<1000 { pipe.sink.write(ByteBuffer(string: "a line\n")) }
        pipe.sink.flush(within: .milliseconds(1))
        // The thread that writes is let go before the pipe is closed.
        let reading = pipe.reading()
        pipe.sink.flush(within: .seconds(60))
        pipe.sink.write(ByteBuffer(string: "last\n"))
        #expect(await reading.first { _ in true }?.last == "last")
    }

    @Test func `and cannot be written to loses lines, and nothing else`() {
        let lost = Counter()
        let sink = LogSink(descriptor: -1, lost: lost) { _ in ByteBuffer() }
        for count in 1...2 {
            sink.write(ByteBuffer(string: "one\n"))
            sink.flush(within: .seconds(60))
            #expect(lost.value == Int64(count))
        }
    }
}
