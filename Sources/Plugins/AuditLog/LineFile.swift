import POSIX
import Verifier

/// A file that is read line by line, in memory that does not grow. One thread at a time.
@safe final class LineFile {
    private let file: Int32
    private let block: UnsafeMutablePointer<UInt8>
    /// Where in the block the line begins and ends, and what was read ends.
    private var start = 0
    private var end = 0
    private var filled = 0
    /// Whether the line has an end of its own, or is the file's unfinished last one, or is longer than any record.
    private(set) var isWhole = false

    /// Opens the file at a path that ends in a NUL. Throws `io`, `noMemory`.
    static func open(_ path: [CChar]) throws(VerifyError) -> LineFile {
        let file = unsafe posix_open_to_read(path)
        guard file >= 0 else { throw LogFile.failure("The file cannot be opened: ") }
        guard posix_regular_file_size(file) >= 0, let block = unsafe malloc(LineBuffer.capacity + 1) else {
            let isRegular = posix_regular_file_size(file) >= 0
            _ = close(file)
            throw isRegular ? VerifyError(.noMemory) : VerifyError(.io, "This is no regular file.")
        }
        return unsafe LineFile(file, block.bindMemory(to: UInt8.self, capacity: LineBuffer.capacity + 1))
    }

    private init(_ file: Int32, _ block: UnsafeMutablePointer<UInt8>) {
        self.file = file
        unsafe self.block = block
    }

    deinit {
        _ = close(file)
        unsafe free(block)
    }

    /// The line, without its end. As long-lived as the next call.
    @unsafe var line: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: block + start, count: end - start)
    }

    /// Goes on to the next line; whether there is one. Throws `io`.
    func next() throws(VerifyError) -> Bool {
        start = isWhole ? end + 1 : 0
        end = start
        isWhole = false
        while true {
            while end < filled {
                if unsafe block[end] == 10 {
                    isWhole = true
                    return true
                }
                end += 1
            }
            guard end - start < LineBuffer.capacity, try fill() else { return end > start }
        }
    }

    /// Reads more behind what there is of the line; whether there was more.
    private func fill() throws(VerifyError) -> Bool {
        if start > 0 {
            unsafe memmove(block, block + start, filled - start)
            (start, end, filled) = (0, end - start, filled - start)
        }
        while true {
            let got = unsafe read(file, block + filled, LineBuffer.capacity + 1 - filled)
            if got > 0 { filled += got }
            if got >= 0 { return got > 0 }
            guard posix_errno() == EINTR else { throw LogFile.failure("The file cannot be read: ") }
        }
    }
}
