import PaitifyVerifyHeader
import Verifier

/// Swift objects as C handles: a handle is a counted reference, and this file alone makes, lends and ends them.
protocol Handle: AnyObject {}

extension Handle {
    /// A handle that owns a reference.
    static func make(_ object: Self) -> OpaquePointer {
        unsafe OpaquePointer(Unmanaged.passRetained(object).toOpaque())
    }

    /// Calls `body` with the handle's object, or returns nil for a null handle. The caller's reference keeps it alive,
    /// so none is counted: threads that share a verifier do not contend for its count.
    static func with<Result>(_ handle: OpaquePointer?, _ body: (Self) -> Result) -> Result? {
        guard let handle = unsafe handle else { return nil }
        return unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle))._withUnsafeGuaranteedRef(body)
    }

    /// One reference more.
    static func retain(_ handle: OpaquePointer?) {
        guard let handle = unsafe handle else { return }
        _ = unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle)).retain()
    }

    /// One reference less; the last one ends the object.
    static func release(_ handle: OpaquePointer?) {
        guard let handle = unsafe handle else { return }
        unsafe Unmanaged<Self>.fromOpaque(UnsafeRawPointer(handle)).release()
    }
}

/// What a `paitify_verifier` is.
final class VerifierHandle: Handle, Sendable {
    let verifier: TokenVerifier
    private let callbacks: HostCallbacks

    init(_ verifier: TokenVerifier, callbacks: HostCallbacks) {
        self.verifier = verifier
        self.callbacks = callbacks
    }

    deinit {
        callbacks.release()
    }
}

/// What a `paitify_result` is.
final class ResultHandle: Handle {
    let memory = TokenMemory()
    private(set) var content = ResultContent()
    /// Whether a verification is under way: one of the host's callbacks could call another with the same result.
    private var isBusy = false

    /// Forgets what the last verification found.
    func reset() {
        if !isBusy { content = ResultContent() }
    }

    /// Empties the result, and fills it with what `verify` makes; if that throws, it stays empty.
    func fill(
        _ verify: (TokenMemory) throws(VerifyError) -> ResultContent
    ) throws(VerifyError) {
        guard !isBusy else { throw VerifyError(.argument) }
        isBusy = true
        defer { isBusy = false }
        content = ResultContent()
        content = try verify(memory)
    }
}
