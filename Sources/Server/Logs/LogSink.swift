import Dispatch
import Glibc
import NIOCore
import Synchronization

/// Where log lines go: a buffer that whoever logs adds to and leaves, and a thread that writes it out.
///
/// A reader that has stopped, or a pipe that is full, keeps no request waiting: once `bytesMax` wait, lines are dropped and
/// counted, and the log says how many as soon as it goes on. Any thread.
final class LogSink: Sendable {
    /// About five thousand lines of requests.
    static let bytesMax = 1 << 20

    private struct State {
        var waiting = ByteBuffer()
        /// Bytes that are being written now, and count as waiting too.
        var underWay = 0
        /// Lines that were dropped since one was taken.
        var dropped = 0
        var isDraining = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "paitify.log")
    private let descriptor: Int32
    private let bytesMax: Int
    private let lost: Counter
    private let gap: @Sendable (_ lines: Int) -> ByteBuffer

    /// `lost` counts lines that were dropped. `gap` makes the line that tells of them.
    init(
        descriptor: Int32, bytesMax: Int = LogSink.bytesMax, lost: Counter,
        gap: @escaping @Sendable (_ lines: Int) -> ByteBuffer
    ) {
        self.descriptor = descriptor
        self.bytesMax = bytesMax
        self.lost = lost
        self.gap = gap
    }

    /// Adds a whole line, or drops it.
    func write(_ line: ByteBuffer) {
        let begins = state.withLock { state in
            guard state.underWay + state.waiting.readableBytes + line.readableBytes <= bytesMax else {
                state.dropped += 1
                lost.add()
                return false
            }
            if state.dropped > 0 {
                state.waiting.writeImmutableBuffer(gap(state.dropped))
                state.dropped = 0
            }
            state.waiting.writeImmutableBuffer(line)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if begins { queue.async { self.drain() } }
    }

    /// Returns once all that was added before is written, after `timeout` at the latest: the program is to end.
    func flush(within timeout: DispatchTimeInterval = .seconds(1)) {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        _ = written.wait(timeout: .now() + timeout)
    }

    private func drain() {
        var batch = ByteBuffer()
        while true {
            batch.clear()
            state.withLock { state in
                swap(&state.waiting, &batch)
                state.underWay = batch.readableBytes
                state.isDraining = batch.readableBytes > 0
            }
            if batch.readableBytes == 0 { return }
            put(&batch)
        }
    }

    /// What cannot be written, to a pipe that nobody reads any more, is lost: a log must not stop the service.
    private func put(_ batch: inout ByteBuffer) {
        while batch.readableBytes > 0 {
            let count = unsafe batch.withUnsafeReadableBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                batch.moveReaderIndex(forwardBy: count)
            } else if errno == EAGAIN {
                // Somebody who shares it has made it non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&ready, 1, -1)
            } else if errno != EINTR {
                lost.add(Int64(batch.readableBytesView.count { $0 == UInt8(ascii: "\n") }))
                return
            }
        }
    }
}
