import CBoundary
import PaitifyVerifyHeader
import Verifier

/// The host's C functions, each with the context that it gets, as the verifier's plug-ins.
@safe final class HostCallbacks: @unchecked Sendable {
    // Sendable: the header demands functions that may be called by several threads at once with these contexts.
    private let options: paitify_options

    init(_ options: paitify_options) {
        var kept = unsafe options
        // Borrowed for the call that brought them: not to be had any more.
        unsafe kept.issuer = paitify_bytes()
        unsafe (kept.audiences, kept.audience_count) = (nil, 0)
        unsafe self.options = kept
    }

    /// The host's clock, or nil where it has none of its own.
    var clock: Clock? {
        guard let now = unsafe options.now else { return nil }
        return Clock(unixSeconds: { unsafe now(self.options.context) })
    }

    /// The host's replay guard, or nil where it has none.
    var replayGuard: (any ReplayGuard)? { unsafe options.replay_claim == nil ? nil : self }

    /// The host's audit, or nil where it has none.
    var auditSink: (any AuditSink)? { unsafe options.audit == nil ? nil : self }

    /// The host's way to be asked for keys, or nil where it has none.
    var keysWanted: (@Sendable (Span<UInt8>) -> Void)? {
        guard let keysWanted = unsafe options.keys_wanted else { return nil }
        return { keyID in
            let context = unsafe self.options.keys_wanted_context ?? self.options.context
            unsafe keyID.withUnsafeBufferPointer { unsafe keysWanted(context, paitify_bytes($0)) }
        }
    }

    /// Tells the host that its context is needed no more.
    func release() {
        unsafe options.release?(options.context)
    }
}

extension HostCallbacks: ReplayGuard {
    /// An answer that is none of the four is no yes.
    func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        guard let claim = unsafe options.replay_claim else { return .unavailable }
        let context = unsafe options.replay_context ?? options.context
        let answer = unsafe issuer.withUnsafeBufferPointer { issuer in
            unsafe authorizationID.withUnsafeBufferPointer { authorizationID in
                unsafe transactionID.withUnsafeBufferPointer { transactionID in
                    unsafe claim(
                        context, paitify_bytes(issuer), paitify_bytes(authorizationID), keepUntil,
                        paitify_bytes(transactionID))
                }
            }
        }
        return ReplayAnswer(rawValue: answer) ?? .unavailable
    }
}

extension HostCallbacks: AuditSink {
    func record(_ decision: borrowing Decision) {
        var told = unsafe paitify_decision(decision)
        unsafe options.audit?(options.audit_context ?? options.context, &told)
    }
}
