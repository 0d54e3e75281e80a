import Glibc

/// Sizes of files that are asked for by name and never opened: closing a file of SQLite's would let go of every lock
/// that this process has on it (fcntl(2), POSIX advisory locks).
enum FileSize {
    /// Bytes; nil where there is no such file.
    static func of(_ path: String) -> Int64? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Bytes that are left where `path` is.
    static func free(at path: String) -> Int64? {
        var room = statvfs()
        guard unsafe statvfs(path, &room) == 0 else { return nil }
        return Int64(
            clamping: UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize)).partialValue)
    }
}
