import Glibc

/// Puts a file where it belongs: whole or not at all, on disk before anybody sees it, and never over another.
struct FileDelivery {
    let destination: String
    /// Where it becomes whole: beside its place, so that it gets there by a change of name.
    let partial: String

    /// Refuses a place that is taken, or where nothing can be written, before any work is done.
    init(to destination: String) throws(Failure) {
        self.destination = destination
        partial = "\(destination).partial-\(getpid())"
        guard unsafe access(destination, F_OK) != 0 else { throw Self.isTaken(destination) }
        let file = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("cannot write to \(partial): \(SystemError.text(errno))") }
        close(file)
    }

    /// Takes the file at `path`: by its name where it is on the same disk, else by copying it.
    func take(_ path: String) throws(Failure) {
        if unsafe rename(path, partial) == 0 { return }
        guard errno == EXDEV || errno == EACCES || errno == EPERM else {
            throw Failure("cannot move \(path) to \(partial): \(SystemError.text(errno))")
        }
        try copy(path)
        unsafe unlink(path)
    }

    /// Fills it with what the file at `path` holds, which stays.
    func copy(_ path: String) throws(Failure) {
        let source = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Failure("cannot read \(path): \(SystemError.text(errno))") }
        defer { close(source) }
        let target = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw Failure("cannot write to \(partial): \(SystemError.text(errno))") }
        defer { close(target) }
        while true {
            // The kernel copies, as much at once as it likes to.
            let count = sendfile(target, source, nil, 64 << 20)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Failure("cannot copy \(path) to \(partial): \(SystemError.text(errno))") }
            if count == 0 { return }
        }
    }

    /// Makes what is there its owner's alone, flushes it, and gives it its name.
    func finish() throws(Failure) {
        let file = unsafe open(partial, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw Failure("cannot open \(partial): \(SystemError.text(errno))") }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0, fsync(file) == 0 else {
            throw Failure("cannot write to \(partial): \(SystemError.text(errno))")
        }
        // link, unlike rename, never replaces a file that somebody has put there meanwhile.
        guard unsafe link(partial, destination) == 0 else {
            if errno == EEXIST { throw Self.isTaken(destination) }
            throw Failure("cannot name the file \(destination): \(SystemError.text(errno))")
        }
        unsafe unlink(partial)
        try flushFolder()
    }

    /// Leaves nothing behind that is not finished, nor what SQLite keeps beside a file while it has it open.
    func abandon() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unsafe unlink(partial + suffix) }
    }

    private func flushFolder() throws(Failure) {
        let folder = destination.lastIndex(of: "/").map { destination[...$0] } ?? "."
        let handle = unsafe open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw Failure("cannot open \(folder): \(SystemError.text(errno))") }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw Failure("cannot write to \(folder): \(SystemError.text(errno))") }
    }

    private static func isTaken(_ destination: String) -> Failure {
        Failure("\(destination) already exists, and is not overwritten. Name a new file.")
    }
}
