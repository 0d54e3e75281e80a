import POSIX

/// A JWKS on disk: read within bounds, and replaced so that a crash leaves the old file or the new one, whole.
enum KeyFile {
    /// What a saved document may be longer by than an installed one: the member that holds the time of the fetch.
    static let bytesMax = KeySet.documentBytesMax + SavedDocument.memberBytesMax

    /// The file's bytes, and when it was last changed (Unix seconds). Throws `io`, or `jwks` for one that is too long.
    static func read(_ path: [CChar]) throws(VerifyError) -> (bytes: [UInt8], changedAt: Int64) {
        let file = unsafe posix_open_to_read(path)
        guard file >= 0 else { throw failure("open", path) }
        defer { _ = close(file) }
        let changedAt = posix_regular_file_changed_at(file)
        guard changedAt >= 0 else { throw VerifyError(.io, "\(text(path)) is no regular file.") }

        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count < bytes.count {
            var span = bytes.mutableSpan
            let got = unsafe span.withUnsafeMutableBytes { buffer in
                unsafe buffer.baseAddress.map { unsafe POSIX.read(file, $0 + count, buffer.count - count) } ?? 0
            }
            if got < 0, posix_errno() == EINTR { continue }
            guard got >= 0 else { throw failure("read", path) }
            if got == 0 { break }
            count += got
        }
        guard count <= bytesMax else { throw VerifyError(.jwks, "\(text(path)) is longer than 64 KiB.") }
        bytes.removeLast(bytes.count - count)
        return (bytes, changedAt)
    }

    /// Replaces the file by `bytes`, durably: when this returns, a power cut does not bring the old one back. An
    /// existing file's mode is kept. Throws `io`; if it was the folder's sync that failed, the new file is in place.
    static func replace(_ path: [CChar], with bytes: [UInt8]) throws(VerifyError) {
        // Beside the file, since a rename is atomic within one file system only.
        var temporary = Array(path.dropLast()) + Array(".XXXXXX".utf8CString)
        var span = temporary.mutableSpan
        let file = unsafe span.withUnsafeMutableBufferPointer { unsafe posix_create_unique($0.baseAddress, path) }
        guard file >= 0 else { throw failure("create a file beside", path) }

        let written = write(bytes, to: file) && fsync(file) == 0
        let number = posix_errno()
        let closed = close(file) == 0
        guard written, closed, unsafe rename(temporary, path) == 0 else {
            let number = written ? posix_errno() : number
            _ = unsafe unlink(temporary)
            throw failure("write", path, number)
        }
        try syncFolder(of: path)
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var count = 0
        while count < bytes.count {
            let put = unsafe bytes.span.extracting(droppingFirst: count).withUnsafeBytes { rest in
                unsafe POSIX.write(file, rest.baseAddress, rest.count)
            }
            if put < 0, posix_errno() == EINTR { continue }
            guard put > 0 else { return false }
            count += put
        }
        return true
    }

    /// The rename itself is on disk once the folder is.
    private static func syncFolder(of path: [CChar]) throws(VerifyError) {
        let slash = CChar(UInt8(ascii: "/"))
        var folder: [CChar] = [CChar(UInt8(ascii: ".")), 0]
        if let last = path.lastIndex(of: slash) { folder = Array(path[...last]) + [0] }
        let file = unsafe posix_open_folder(folder)
        guard file >= 0 else { throw failure("open the folder of", path) }
        defer { _ = close(file) }
        guard fsync(file) == 0 else { throw failure("sync the folder of", path) }
    }

    private static func failure(_ verb: String, _ path: [CChar], _ number: Int32 = posix_errno()) -> VerifyError {
        var words = [CChar](repeating: 0, count: 96)
        var span = words.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { unsafe posix_error_text(number, $0.baseAddress, $0.count) }
        return VerifyError(.io, "Cannot \(verb) \(text(path)): \(text(words)).")
    }

    private static func text(_ characters: [CChar]) -> String {
        var bytes: [UInt8] = []
        for character in characters {
            if character == 0 { break }
            bytes.append(UInt8(bitPattern: character))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
