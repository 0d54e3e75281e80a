/// Why a call of the verifier did not succeed: a stable status, and the particulars for a person to read.
///
/// Two errors are equal if their statuses are: nothing may depend on the words.
public struct VerifyError: Error, Equatable, Sendable {
    /// Which check failed; never `.ok`.
    public let status: VerificationStatus
    /// What was wrong in this case; nil where the status says it all, so that refusing a token allocates nothing.
    package let particulars: String?

    package init(_ status: VerificationStatus, _ particulars: String? = nil) {
        self.status = status
        self.particulars = particulars
    }

    /// What was wrong in this case, and what to do; the status's own sentence where there is no more to say.
    public var detail: String {
        particulars ?? status.message.withUTF8Buffer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    public static func == (one: VerifyError, other: VerifyError) -> Bool {
        one.status == other.status
    }
}
