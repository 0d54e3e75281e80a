import Verifier

/// What is wrong with an answer, the worst first.
enum ConformanceMistake: CaseIterable, Sendable {
    /// Money goes to whoever made the token up.
    case acceptedBad
    /// It died, hung, or said what is no status: a stranger's token did that.
    case noAnswer
    /// A customer's good charge is declined.
    case refusedGood
    /// Declined for good, though fetching the keys would have told.
    case rejectedUndecided
    /// A forgery that is tried again and again.
    case undecidedBad
    /// The verdict is right, and the log says something else than what happened.
    case wrongCode

    /// What the answer got wrong, or nil where it is right. With `verdicts` a code that has the right verdict is right.
    init?(expected: VerificationStatus, answer: ConformanceAnswer, verdicts: Bool) {
        guard let verdict = answer.verdict else {
            self = .noAnswer
            return
        }
        switch (expected.verdict, verdict) {
        case (.valid, .valid), (.rejected, .rejected), (.indeterminate, .indeterminate):
            if verdicts || answer == .status(expected) { return nil }
            self = .wrongCode
        case (.rejected, .valid), (.indeterminate, .valid): self = .acceptedBad
        case (.valid, .rejected), (.valid, .indeterminate): self = .refusedGood
        case (.indeterminate, .rejected): self = .rejectedUndecided
        case (.rejected, .indeterminate): self = .undecidedBad
        }
    }

    var sentence: String {
        switch self {
        case .acceptedBad: "accepted what must be refused"
        case .noAnswer: "gave no answer"
        case .refusedGood: "refused what is valid"
        case .rejectedUndecided: "rejected for good what cannot be told yet"
        case .undecidedBad: "could not tell what must be rejected for good"
        case .wrongCode: "right verdict, wrong code"
        }
    }
}
