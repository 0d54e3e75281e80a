import CBoundary
import Verifier

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
