import POSIX

/// A moment, on the two clocks that a verifier goes by.
struct Instant: Sendable, Equatable {
    /// Seconds since 1970: what `exp` and its like are compared with. Can be set, so it can go back.
    var wallSeconds: Int64
    /// Milliseconds since some moment, on a clock that only goes forward: what the age of keys and waits run on.
    var steadyMilliseconds: Int64
}

/// Where a verifier gets the time from.
///
/// Safe to share between threads if the closures are.
public struct Clock: Sendable {
    /// Whether the time is the operating system's, so that it can be compared with the times of files.
    let isSystem: Bool
    private let wallSeconds: @Sendable () -> Int64
    private let steadyMilliseconds: @Sendable () -> Int64

    /// The operating system's clocks.
    public static var system: Clock {
        Clock(
            isSystem: true, wallSeconds: { posix_wall_clock_seconds() },
            steadyMilliseconds: { posix_steady_clock_milliseconds() })
    }

    /// A wall clock of the host's own, which gives Unix seconds; ages still run on the system's steady clock as well.
    public init(unixSeconds: @escaping @Sendable () -> Int64) {
        self.init(
            isSystem: false, wallSeconds: unixSeconds, steadyMilliseconds: { posix_steady_clock_milliseconds() })
    }

    /// Both clocks given, for tests.
    package init(wallSeconds: @escaping @Sendable () -> Int64, steadyMilliseconds: @escaping @Sendable () -> Int64) {
        self.init(isSystem: false, wallSeconds: wallSeconds, steadyMilliseconds: steadyMilliseconds)
    }

    private init(
        isSystem: Bool, wallSeconds: @escaping @Sendable () -> Int64,
        steadyMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.isSystem = isSystem
        self.wallSeconds = wallSeconds
        self.steadyMilliseconds = steadyMilliseconds
    }

    /// The Unix second now, or -1 if the clock fails.
    package var wallSecondsOrNone: Int64 { max(wallSeconds(), -1) }

    /// The moment now. A clock that fails (a time before 1970) fails the call: nothing is valid at no time.
    func now() throws(VerifyError) -> Instant {
        let now = Instant(wallSeconds: wallSeconds(), steadyMilliseconds: steadyMilliseconds())
        guard now.wallSeconds >= 0, now.steadyMilliseconds >= 0 else {
            throw VerifyError(.internalFailure, "The clock gave a time before 1970; set it, or mend the now callback.")
        }
        return now
    }
}
