import PaitifyVerifyHeader
import Verifier

/// The host's C functions and the context that they get, as the verifier's plugins.
@safe struct HostCallbacks: @unchecked Sendable {
    // Sendable: the header demands functions that may be called by several threads at once with this context.
    private let context: UnsafeMutableRawPointer?
    private let now: (@convention(c) (UnsafeMutableRawPointer?) -> Int64)?
    private let released: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?

    init(_ options: paitify_options) {
        unsafe context = options.context
        unsafe now = options.now
        unsafe released = options.release
    }

    /// The host's clock, or nil where it has none of its own.
    var clock: Clock? {
        guard let now = unsafe now else { return nil }
        let callbacks = self
        return Clock(unixSeconds: { unsafe now(callbacks.context) })
    }

    /// Tells the host that its context is needed no more.
    func release() {
        unsafe released?(context)
    }
}
