internal import Glibc

/// The file that a master key is kept in: its text, readable by its owner alone.
///
/// Every `unsafe` here passes a path or a buffer to a call of POSIX that is done with it when it returns.
extension MasterKey {
    private static let fileBytesMax = 4096

    /// Reads the key that `file` holds. Refuses a file that its group or others can read.
    public static func load(file path: String) throws(KeyError) -> MasterKey {
        guard let key = try loadIfPresent(path) else {
            throw .masterKeyFile(path: path, "no such file: put the master key there, with mode 0600")
        }
        return key
    }

    /// Reads the key that `file` holds, or makes one and keeps it there: mode 0600, on disk before it is used.
    ///
    /// Two processes that start at once end up with one key: the file appears whole, and only if there is none.
    public static func loadOrCreate(file path: String) throws(KeyError) -> MasterKey {
        if let key = try loadIfPresent(path) { return key }
        let key = try MasterKey.random()
        let fresh = try "\(path).\(Base64URL.encode(SecureRandom.bytes(count: 9)))"
        // POSIX, see above.
        defer { unsafe unlink(fresh) }
        try write(key.hexadecimal + "\n", toNew: fresh)
        // link, unlike rename, never replaces a key that another process has kept there meanwhile.
        if unsafe link(fresh, path) != 0 {
            guard errno == EEXIST, let other = try loadIfPresent(path) else { throw failure(path, "cannot be made") }
            return other
        }
        try flushFolder(of: path)
        return key
    }

    /// The key that is to take the place of the one in `file`, kept beside it until `adoptNext`: made, or left there by an
    /// attempt that was interrupted.
    public static func loadOrCreateNext(of path: String) throws(KeyError) -> MasterKey {
        try loadOrCreate(file: nextPath(path))
    }

    /// Nil where there is none.
    public static func loadNext(of path: String) throws(KeyError) -> MasterKey? {
        try loadIfPresent(nextPath(path))
    }

    /// Puts the next key in the place of the one in `file`, at one instant.
    public static func adoptNext(of path: String) throws(KeyError) {
        // POSIX, see above.
        guard unsafe rename(nextPath(path), path) == 0 else { throw failure(path, "cannot be replaced") }
        try flushFolder(of: path)
    }

    private static func nextPath(_ path: String) -> String { "\(path).next" }

    private static func loadIfPresent(_ path: String) throws(KeyError) -> MasterKey? {
        // POSIX, see above. O_NONBLOCK: a pipe of that name must not stop the start.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, "cannot be opened")
        }
        defer { close(file) }
        try check(file, path)
        var bytes = [UInt8](repeating: 0, count: fileBytesMax)
        // A regular file of that size is read in one piece.
        let count = unsafe read(file, &bytes, bytes.count)
        guard count >= 0 else { throw failure(path, "cannot be read") }
        do {
            return try MasterKey(text: String(decoding: bytes.prefix(count), as: UTF8.self))
        } catch .masterKeyMalformed(let sentence) {
            throw .masterKeyFile(path: path, "holds no master key (\(sentence))")
        }
    }

    private static func check(_ file: Int32, _ path: String) throws(KeyError) {
        var status = stat()
        // POSIX, see above.
        guard unsafe fstat(file, &status) == 0 else { throw failure(path, "cannot be examined") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .masterKeyFile(path: path, "is not a regular file") }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw .masterKeyFile(
                path: path,
                """
                can be read by more than its owner (mode \(mode)): chmod 600 it, and replace the key if others may have \
                seen it
                """
            )
        }
        guard status.st_size <= fileBytesMax else { throw .masterKeyFile(path: path, "is too long for a master key") }
    }

    private static func write(_ text: String, toNew path: String) throws(KeyError) {
        // POSIX, see above.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path, "cannot be made") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        // POSIX, see above.
        guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            throw failure(path, "cannot be written")
        }
    }

    /// A new name is on disk only once its folder is.
    private static func flushFolder(of path: String) throws(KeyError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        // POSIX, see above.
        let handle = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw failure(folder, "cannot be opened") }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure(folder, "cannot be written") }
    }

    private static func failure(_ path: String, _ what: String) -> KeyError {
        let number = errno
        // strerror's text is constant for every number that these calls set.
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return .masterKeyFile(path: path, "\(what): \(reason)")
    }
}
