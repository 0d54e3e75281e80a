import Glibc

/// Why the data folder cannot be used, in a sentence that says what to do.
struct DataFolderError: Error, CustomStringConvertible {
    let description: String
}

/// The folder that holds the store. Whoever has its lock is the one process that opens the store.
///
/// Two processes that write and checkpoint one SQLite file can lose commits; so a command asks the server that has the
/// lock, through a socket in the folder, and opens the store itself only where there is none.
struct DataFolder: Sendable {
    let path: String

    var storePath: String { "\(path)/paitify.db" }
    var socketPath: String { "\(path)/paitify.sock" }
    var masterKeyPath: String { "\(path)/master.key" }
    /// Holds the address that a running server listens on, as a URL in one line.
    var addressPath: String { "\(path)/paitify.url" }
    private var lockPath: String { "\(path)/paitify.lock" }

    /// Makes the folder, for its owner alone, if there is none.
    init(_ path: String) throws(DataFolderError) {
        self.path = path
        // Everything that is made in it, the socket first of all, is its owner's alone from its first instant on.
        umask(0o077)
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Self.failure("cannot make the data folder", path)
        }
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
            throw Self.failure("cannot use the data folder", path)
        }
        // sockaddr_un holds 108 bytes, of which the last ends the text.
        guard socketPath.utf8.count <= 107 else {
            throw DataFolderError(
                description:
                    "the path of the data folder is too long: \(socketPath) has \(socketPath.utf8.count) bytes, "
                    + "a socket's path at most 107. Set PAITIFY_DATA_DIR to a shorter one.")
        }
    }

    /// The lock, or nil while another process has it.
    func lock() throws(DataFolderError) -> FolderLock? {
        let file = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("cannot open the lock", lockPath) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let failure = Self.failure("cannot lock", lockPath)
            close(file)
            if isTaken { return nil }
            throw failure
        }
        return FolderLock(file)
    }

    private static func failure(_ what: String, _ path: String) -> DataFolderError {
        DataFolderError(description: "\(what) \(path): \(SystemError.text(errno))")
    }
}

/// Held as long as it lives; the kernel lets go of it when the process ends, however it ends.
final class FolderLock: Sendable {
    private let file: Int32

    fileprivate init(_ file: Int32) {
        self.file = file
    }

    deinit {
        close(file)
    }
}

/// What a running server leaves in the folder for others to find it by.
extension DataFolder {
    /// It was made for its owner alone; this takes the right to execute it, too.
    func restrictSocket() {
        unsafe chmod(socketPath, 0o600)
    }

    func write(address: String) {
        let file = unsafe open(addressPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let line = Array((address + "\n").utf8)
        // Only a convenience: the log says the same.
        _ = unsafe Glibc.write(file, line, line.count)
        close(file)
    }

    func removeSocketAndAddress() {
        unsafe unlink(socketPath)
        unsafe unlink(addressPath)
    }
}
