import Verifier

/// One question to an outside verifier, and the status that the contract gives it.
struct ConformanceCase: Sendable {
    /// The file and the case in it, for people: `tokens: alg none`.
    let name: String
    /// The question: a JSON object on one line, complete in itself (docs/contract.md).
    let line: [UInt8]
    let expected: VerificationStatus
}

/// What an outside verifier said to one case.
enum ConformanceAnswer: Equatable, Sendable {
    case status(VerificationStatus)
    /// From a verifier that knows verdicts alone.
    case verdict(VerificationStatus.Verdict)
    /// A line that is neither.
    case unreadable(String)
    /// No line at all, and why.
    case none(String)

    /// Reads a line: a status by its name (with or without `PAITIFY_`) or its number, or where `verdicts` alone are asked
    /// for, those as well: `VALID`, `REJECTED`, `INDETERMINATE`, 0, 1 or 2.
    init(line: String, verdicts: Bool) {
        let word = line.trimmingWhiteSpace()
        if verdicts, let verdict = VerificationStatus.Verdict(word) {
            self = .verdict(verdict)
        } else if let status = VerificationStatus(word) {
            self = .status(status)
        } else {
            self = .unreadable(word)
        }
    }

    var verdict: VerificationStatus.Verdict? {
        switch self {
        case .status(let status): status.verdict
        case .verdict(let verdict): verdict
        case .unreadable, .none: nil
        }
    }
}

extension ConformanceAnswer: CustomStringConvertible {
    private static let charactersShownMax = 60

    var description: String {
        switch self {
        case .status(let status): "\(status.name)"
        case .verdict(let verdict): verdict.word
        case .unreadable(let line): "\"\(line.prefix(Self.charactersShownMax))\", which is no status"
        case .none(let reason): reason
        }
    }
}

extension VerificationStatus {
    /// The status of that name or number.
    init?(_ text: String) {
        let name = text.hasPrefix("PAITIFY_") ? text : "PAITIFY_" + text
        guard let status = Self.allCases.first(where: { "\($0.name)" == name || "\($0.rawValue)" == text }) else {
            return nil
        }
        self = status
    }
}

extension VerificationStatus.Verdict {
    var word: String {
        switch self {
        case .valid: "VALID"
        case .rejected: "REJECTED"
        case .indeterminate: "INDETERMINATE"
        }
    }

    /// The verdict of that word or number.
    fileprivate init?(_ text: String) {
        let all: [Self] = [.valid, .rejected, .indeterminate]
        guard let verdict = all.first(where: { $0.word == text || "\($0.rawValue)" == text }) else { return nil }
        self = verdict
    }
}

extension String {
    fileprivate func trimmingWhiteSpace() -> String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
