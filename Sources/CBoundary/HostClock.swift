package import Verifier

/// A host's clock as a plug-in gets it: a C function and its context.
package enum HostClock {
    /// The host's, or the system's where there is none.
    package static func clock(
        _ now: (@convention(c) (UnsafeMutableRawPointer?) -> Int64)?, _ context: UnsafeMutableRawPointer?
    ) -> Clock {
        guard let now = unsafe now else { return .system }
        // The header demands a function that may be called by several threads at once with this context.
        nonisolated(unsafe) let context = unsafe context
        return Clock(unixSeconds: { unsafe now(context) })
    }
}
