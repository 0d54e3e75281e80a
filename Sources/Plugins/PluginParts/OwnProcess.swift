import POSIX

/// The process that made this, told from the processes that are forked from it.
///
/// What a process holds of a guard (a table, a connection, a file's lock) is not its child's as well: the child has a
/// copy that nobody keeps in step.
@safe package final class OwnProcess: @unchecked Sendable {
    // Sendable: nothing is written after it was made.
    private let mark: UnsafeMutablePointer<UInt8>?
    private let number = getpid()

    package init() {
        unsafe mark = posix_mark_own_process()
    }

    deinit {
        unsafe posix_forget_own_process(mark)
    }

    /// Whether this is that process.
    package var isThis: Bool {
        // Without the mark, by number: which a later process can have again, so it is second best.
        guard let mark = unsafe mark else { return getpid() == number }
        return unsafe mark.pointee == 1
    }
}
