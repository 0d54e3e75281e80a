import POSIX
import PluginParts
import Verifier

/// A file that one process appends lines to. One thread at a time.
final class LogFile {
    private let file: Int32

    /// What was found at a file's end.
    struct End {
        let head: ChainHead
        /// Bytes of a line that was cut short, which were taken off.
        let torn: Int64
    }

    /// Opens the file at a path that ends in a NUL, and makes it if it is not there; it is this one's alone until it is
    /// closed. Throws `io`.
    static func open(_ path: [CChar]) throws(VerifyError) -> LogFile {
        // A file that is renamed between its opening and its lock is not the one at the path any more.
        for _ in 0..<100 {
            let file = unsafe posix_open_to_append(path)
            guard file >= 0 else { throw Self.failure("The file cannot be opened: ") }
            let log = LogFile(takingOwnershipOf: file)
            guard posix_regular_file_size(file) >= 0 else { throw VerifyError(.io, "This is no regular file.") }
            switch posix_take_file(file) {
            case 0: throw VerifyError(.io, "The file is open already: one log writes a file, and no other process.")
            case 1: break
            default: throw Self.failure("The file cannot be locked: ")
            }
            if unsafe posix_is_at_path(file, path) != 0 { return log }
        }
        throw VerifyError(.io, "The file is replaced again and again.")
    }

    private init(takingOwnershipOf file: Int32) {
        self.file = file
    }

    deinit {
        _ = close(file)
    }

    // MARK: Its end

    /// Reads the last record, and takes off what is left of one that was cut short. Throws `io` for a file whose end is
    /// no record of a log: that is left as it is.
    func takeUp(_ sha256: SHA256) throws(VerifyError) -> End {
        let size = posix_regular_file_size(file)
        guard size > 0 else { return End(head: ChainHead(), torn: 0) }
        let count = Int(min(size, Int64(2 * LineBuffer.capacity)))
        let tail = try unsafe Self.block(count)
        defer { unsafe free(tail.baseAddress) }
        try unsafe read(into: tail, at: size - Int64(count))
        let bytes = unsafe UnsafeBufferPointer(tail.bindMemory(to: UInt8.self))

        let lineEnd = unsafe bytes.lastIndex(of: 10)
        let torn = unsafe bytes[((lineEnd ?? -1) + 1)...]
        guard lineEnd != nil || count == Int(size), unsafe torn.count < LineBuffer.capacity,
            unsafe RecordLine.isTorn(UnsafeBufferPointer(rebasing: torn).span)
        else { throw Self.notALog }
        var head = ChainHead()
        if let lineEnd {
            let before = unsafe bytes[..<lineEnd].lastIndex(of: 10)
            guard before != nil || count == Int(size) else { throw Self.notALog }
            let line = unsafe UnsafeBufferPointer(rebasing: bytes[((before ?? -1) + 1)..<lineEnd])
            guard let record = unsafe RecordLine(line.span), try unsafe record.isGenuine(line.span, sha256) else {
                throw Self.notALog
            }
            head = ChainHead(sequence: record.sequence, hash: record.hash)
        }
        let tornCount = unsafe Int64(torn.count)
        if tornCount > 0, ftruncate(file, off_t(size - tornCount)) != 0 {
            throw Self.failure("A line that was cut short cannot be taken off: ")
        }
        return End(head: head, torn: tornCount)
    }

    private static var notALog: VerifyError {
        VerifyError(
            .io,
            "The file's last line is no sound record of an audit log. Look with paitify-audit-check, and move it away."
        )
    }

    private static func block(_ count: Int) throws(VerifyError) -> UnsafeMutableRawBufferPointer {
        guard let block = unsafe malloc(count) else { throw VerifyError(.noMemory) }
        return unsafe UnsafeMutableRawBufferPointer(start: block, count: count)
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer, at start: Int64) throws(VerifyError) {
        var count = 0
        while count < buffer.count {
            let got = unsafe buffer.baseAddress.map {
                unsafe pread(file, $0 + count, buffer.count - count, off_t(start) + off_t(count))
            }
            if let got, got > 0 {
                count += got
            } else if got == 0 || posix_errno() != EINTR {
                throw Self.failure("The file cannot be read: ")
            }
        }
    }

    // MARK: Appending

    /// How an append came out.
    enum Outcome {
        case appended
        /// Nothing of the line is in the file.
        case failed(errno: Int32)
        /// A piece of the line is in the file, and cannot be taken off now: so many bytes.
        case torn(bytes: Int, errno: Int32)
    }

    /// Appends a line, whole or not at all. By one write, unless the disk takes no more than a part: then the rest is
    /// tried once more, for what the system says to it.
    func append(_ line: UnsafeBufferPointer<UInt8>) -> Outcome {
        var count = 0
        while count < line.count {
            let put = unsafe line.baseAddress.map { unsafe write(file, $0 + count, line.count - count) } ?? 0
            if put > 0 {
                count += put
                continue
            }
            let number = posix_errno()
            if put < 0, number == EINTR { continue }
            guard count > 0, !takeOff(count) else { return .failed(errno: number) }
            return .torn(bytes: count, errno: number)
        }
        return .appended
    }

    /// Takes the last bytes off; whether that was possible.
    func takeOff(_ count: Int) -> Bool {
        let size = posix_regular_file_size(file)
        return size >= Int64(count) && ftruncate(file, off_t(size - Int64(count))) == 0
    }

    /// Has what was appended put on disk; 0, or the system's error.
    func sync() -> Int32 { posix_sync_content(file) == 0 ? 0 : posix_errno() }

    /// Whether the path leads to this file.
    func isAt(_ path: [CChar]) -> Bool { unsafe posix_is_at_path(file, path) != 0 }

    static func failure(_ beginning: StaticString, _ number: Int32 = posix_errno()) -> VerifyError {
        VerifyError(.io, ShortText(beginning, systemError: number).string)
    }
}
