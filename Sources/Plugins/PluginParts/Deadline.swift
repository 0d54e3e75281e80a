import POSIX

/// How long a call may still take, on a clock that nobody sets.
package struct Deadline: Sendable, Comparable {
    private let atMilliseconds: Int64

    package init(inMilliseconds milliseconds: Int64) {
        let (sum, overflow) = posix_steady_clock_milliseconds().addingReportingOverflow(milliseconds)
        atMilliseconds = overflow ? .max : sum
    }

    /// Milliseconds that are left; 0 once there are none.
    package var remainingMilliseconds: Int64 { max(0, atMilliseconds - posix_steady_clock_milliseconds()) }

    /// Whether one is over before the other.
    package static func < (one: Deadline, other: Deadline) -> Bool { one.atMilliseconds < other.atMilliseconds }
}
