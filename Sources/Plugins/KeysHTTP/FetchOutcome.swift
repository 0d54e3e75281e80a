import Verifier

/// How a fetch came out. The numbers are stable: paitifyverify-http.h has them too.
public enum FetchOutcome: Int32, Sendable {
    /// Nothing was fetched yet.
    case none = 0
    /// A document came.
    case changed = 1
    /// The issuer said that the document is still the one that came before (304).
    case unchanged = 2
    /// No connection: the name is unknown, nobody listens, or the way is closed.
    case unreachable = 10
    /// TLS failed: another party's certificate, an expired one, no version in common.
    case untrusted = 11
    /// It took longer than the time-outs allow.
    case timedOut = 12
    /// A redirect, which is not followed.
    case redirected = 13
    /// Another status than 200 and 304.
    case status = 14
    /// The answer is no JSON by its Content-Type, or is encoded.
    case content = 15
    /// The document is longer than 64 KiB, or its fields are than 32 KiB.
    case tooLarge = 16
    /// The answer broke off, or is no HTTP.
    case broken = 17
    /// The document came whole, and the verifier refused it.
    case refused = 18
    /// `stop` ended it.
    case stopped = 19
    /// Memory ran out.
    case noMemory = 20
}

/// Why no keys came.
struct FetchError: Error {
    let outcome: FetchOutcome
    let reason: VerifyError

    init(_ outcome: FetchOutcome, _ reason: VerifyError) {
        self.outcome = outcome
        self.reason = reason
    }

    /// With a sentence for people.
    init(_ outcome: FetchOutcome, _ words: String) {
        self.init(outcome, VerifyError(outcome == .noMemory ? .noMemory : .io, words))
    }
}
