/// Why a call of the verifier did not succeed: a stable status, and the particulars for a person to read.
///
/// Two errors are equal if their statuses are: nothing may depend on the words.
public struct VerifyError: Error, Equatable, Sendable {
    /// What there is to say beyond the status. Put into words only when somebody reads them: a processor refuses tokens
    /// by the thousand, and refusing one must cost no more than accepting it.
    package enum Particulars: Sendable {
        case none
        /// A sentence or more, of a call that is not a verification.
        case text(String)
        /// "The token's \(name) claim \(problem)."
        case claim(_ name: StaticString, _ problem: StaticString)
        /// A part of the token is not the JSON that it should be.
        case json(part: StaticString, problem: StaticString, offset: Int)
        /// The charge is not what the token allows: at most, or exactly, so much.
        case amount(charged: Int64, allowed: Int64, exactly: Bool)
    }

    /// Which check failed; never `.ok`.
    public let status: VerificationStatus
    package let particulars: Particulars

    package init(_ status: VerificationStatus, _ particulars: Particulars = .none) {
        self.status = status
        self.particulars = particulars
    }

    package init(_ status: VerificationStatus, _ text: String) { self.init(status, .text(text)) }

    /// What was wrong in this case, and what to do; the status's own sentence where there is no more to say.
    public var detail: String {
        switch particulars {
        case .none: status.message.withUTF8Buffer { unsafe String(decoding: $0, as: UTF8.self) }
        case .text(let text): text
        case .claim(let name, let problem): "The token's \(name) claim \(problem)."
        case .json(let part, let problem, let offset):
            "The token's \(part) is not strict JSON: \(problem), at byte \(offset)."
        case .amount(let charged, let allowed, let exactly):
            exactly
                ? "The charge is \(charged), and it has to be exactly \(allowed)."
                : "The charge is \(charged), and the token allows at most \(allowed)."
        }
    }

    public static func == (one: VerifyError, other: VerifyError) -> Bool {
        one.status == other.status
    }
}
