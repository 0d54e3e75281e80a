import PaitifyVerifyHeader
import Verifier

/// The host's C functions and the context that they get, as the verifier's plugins.
@safe struct HostCallbacks: @unchecked Sendable {
    // Sendable: the header demands functions that may be called by several threads at once with this context.
    private let context: UnsafeMutableRawPointer?
    private let now: (@convention(c) (UnsafeMutableRawPointer?) -> Int64)?
    private let claim:
        (@convention(c) (UnsafeMutableRawPointer?, paitify_bytes, paitify_bytes, Int64, paitify_bytes) -> Int32)?
    private let heard: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<paitify_decision>?) -> Void)?
    private let keysAreWanted: (@convention(c) (UnsafeMutableRawPointer?, paitify_bytes) -> Void)?
    private let released: (@convention(c) (UnsafeMutableRawPointer?) -> Void)?

    init(_ options: paitify_options) {
        unsafe context = options.context
        unsafe now = options.now
        unsafe claim = options.replay_claim
        unsafe heard = options.audit
        unsafe keysAreWanted = options.keys_wanted
        unsafe released = options.release
    }

    /// The host's clock, or nil where it has none of its own.
    var clock: Clock? {
        guard let now = unsafe now else { return nil }
        let callbacks = self
        return Clock(unixSeconds: { unsafe now(callbacks.context) })
    }

    /// The host's replay guard, or nil where it has none. An answer that is none of the four is no yes.
    var replayClaim: ReplayClaim? {
        guard let claim = unsafe claim else { return nil }
        let callbacks = self
        return { issuer, authorizationID, keepUntil, transactionID in
            let answer = unsafe issuer.withUnsafeBufferPointer { issuer in
                unsafe authorizationID.withUnsafeBufferPointer { authorizationID in
                    unsafe transactionID.withUnsafeBufferPointer { transactionID in
                        unsafe claim(
                            callbacks.context, paitify_bytes(issuer), paitify_bytes(authorizationID), keepUntil,
                            paitify_bytes(transactionID))
                    }
                }
            }
            return ReplayAnswer(rawValue: answer) ?? .unavailable
        }
    }

    /// The host's audit, or nil where it has none.
    var audit: Audit? {
        guard let heard = unsafe heard else { return nil }
        let callbacks = self
        return { decision in
            var told = unsafe paitify_decision(decision)
            unsafe heard(callbacks.context, &told)
        }
    }

    /// The host's way to be asked for keys, or nil where it has none.
    var keysWanted: (@Sendable (Span<UInt8>) -> Void)? {
        guard let keysAreWanted = unsafe keysAreWanted else { return nil }
        let callbacks = self
        return { keyID in
            unsafe keyID.withUnsafeBufferPointer { unsafe keysAreWanted(callbacks.context, paitify_bytes($0)) }
        }
    }

    /// Tells the host that its context is needed no more.
    func release() {
        unsafe released?(context)
    }
}
