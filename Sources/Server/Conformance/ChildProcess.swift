import Foundation
import Glibc

/// A shell command that runs beside this process, with a pipe to its standard input and one from its standard output. Its
/// standard error is ours.
///
/// It and what it starts are a process group of their own, so that ending it ends all of them.
final class ChildProcess {
    private let process: pid_t
    private var input: Int32
    private let output: Int32
    private var ending: String?

    init(command: String) throws(Failure) {
        let (toChild, fromChild) = (try Self.makePipe(), try Self.makePipe())
        defer {
            close(toChild.read)
            close(fromChild.write)
        }
        do throws(Failure) {
            process = try Self.spawn(command, input: toChild.read, output: fromChild.write)
        } catch {
            close(toChild.write)
            close(fromChild.read)
            throw error
        }
        (input, output) = (toChild.write, fromChild.read)
        for pipe in [input, output] { _ = fcntl(pipe, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        end(by: .now)
        close(output)
    }

    /// What can be done without waiting.
    enum Readiness: Sendable {
        case mayWrite
        case mayRead
    }

    /// Waits until there is something to read, or (`writing`) room to write; nil when the time is over first.
    func wait(writing: Bool, until deadline: ContinuousClock.Instant) -> Readiness? {
        while true {
            let left = deadline - .now
            guard left > .zero else { return nil }
            let milliseconds = Int32(
                clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
            var files = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
            if writing { files.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
            let ready = unsafe files.withUnsafeMutableBufferPointer {
                unsafe poll($0.baseAddress, nfds_t($0.count), milliseconds)
            }
            guard ready > 0 else { continue }
            return files[0].revents != 0 ? .mayRead : .mayWrite
        }
    }

    /// Writes what fits and gives the number of bytes; nil if nobody reads any more.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// What there is to read now; nil at the end.
    func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(output, $0.baseAddress, $0.count) }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? [] : nil }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    /// Says how it ended; one that has not by itself, by then, is killed, and so is all that it started.
    @discardableResult
    func end(by deadline: ContinuousClock.Instant) -> String {
        if let ending { return ending }
        if input >= 0 { close(input) }
        input = -1
        var status: Int32 = 0
        while unsafe waitpid(process, &status, WNOHANG) == 0 {
            if .now >= deadline { kill(-process, SIGKILL) }
            usleep(1000)
        }
        kill(-process, SIGKILL)
        // The lower seven bits are the signal; the next byte is the exit code (wait(2)).
        let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
        // The shell gives the death of what it ran as an exit code above 128.
        let ending =
            signal != 0
            ? "it died of signal \(signal)"
            : "it ended with exit code \(code)" + (code > 128 ? " (signal \(code - 128))" : "")
        self.ending = ending
        return ending
    }

    // MARK: Starting

    private static func makePipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe ends.withUnsafeMutableBufferPointer({ unsafe pipe($0.baseAddress) }) == 0 else {
            throw Failure("a pipe cannot be made: \(SystemError.text(errno))", exitCode: 2)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(_ command: String, input: Int32, output: Int32) throws(Failure) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // A signal that this program ignores would be ignored there too.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))

        let arguments = ["/bin/sh", "-c", command]
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        let failure = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else {
            throw Failure("the command cannot be started: \(SystemError.text(failure))", exitCode: 2)
        }
        return process
    }

    /// The texts as C has them: pointers, and null at the end.
    private static func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var copies = unsafe texts.map { unsafe strdup($0) }
        unsafe copies.append(nil)
        defer { for index in unsafe copies.indices { unsafe free(copies[index]) } }
        // The array holds its null at least, so it has an address.
        return unsafe copies.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
    }
}
