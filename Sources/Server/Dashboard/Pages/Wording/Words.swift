import Issuer

/// What the dashboard calls what the API has codes for.
extension AuthorizationStatus {
    var word: String {
        switch self {
        case .pending: "Pending"
        case .confirmed: "Confirmed"
        case .voided: "Voided"
        case .expired: "Expired"
        case .denied: "Denied"
        case .held: "Waiting"
        }
    }

    /// A class of the style sheet.
    var tone: String {
        switch self {
        case .pending, .held: "wait"
        case .confirmed: "good"
        case .denied: "bad"
        case .voided, .expired: "quiet"
        }
    }
}

extension Decision {
    var word: String {
        switch self {
        case .approved: "Approved"
        case .denied: "Denied"
        case .pendingApproval: "To a person"
        }
    }

    var tone: String {
        switch self {
        case .approved: "good"
        case .denied: "bad"
        case .pendingApproval: "wait"
        }
    }
}

extension ReasonCode {
    /// In a few words, for a list.
    var words: String {
        switch self {
        case .agentSuspended: "Agent suspended"
        case .noApplicablePolicy: "No policy applies"
        case .policyError: "A policy cannot be evaluated"
        case .attributeMissing: "The request lacks what a policy asks for"
        case .merchantBlocked: "Merchant blocked"
        case .merchantNotAllowed: "Merchant not allowed"
        case .categoryBlocked: "Category blocked"
        case .categoryNotAllowed: "Category not allowed"
        case .countryBlocked: "Country blocked"
        case .countryNotAllowed: "Country not allowed"
        case .outsideSchedule: "Outside the hours"
        case .perAuthorizationLimitExceeded: "Too much at once"
        case .dailyLimitExceeded: "Over the daily limit"
        case .weeklyLimitExceeded: "Over the weekly limit"
        case .monthlyLimitExceeded: "Over the monthly limit"
        case .yearlyLimitExceeded: "Over the yearly limit"
        case .allTimeLimitExceeded: "Over the limit of all time"
        case .rollingLimitExceeded: "Over a rolling limit"
        case .dailyCountExceeded: "Too many in a day"
        case .weeklyCountExceeded: "Too many in a week"
        case .monthlyCountExceeded: "Too many in a month"
        case .yearlyCountExceeded: "Too many in a year"
        case .allTimeCountExceeded: "Too many in all"
        case .rollingCountExceeded: "Too many in a stretch"
        case .approvalRequired: "Over the threshold"
        case .approvalDenied: "A person decided against it"
        case .approvalExpired: "Nobody decided in time"
        }
    }

    /// Whether its limit counts authorizations, not money.
    private var countsAuthorizations: Bool {
        switch self {
        case .dailyCountExceeded, .weeklyCountExceeded, .monthlyCountExceeded, .yearlyCountExceeded,
            .allTimeCountExceeded, .rollingCountExceeded:
            true
        default: false
        }
    }

    func figure(_ value: Int64, _ currency: CurrencyCode) -> String {
        countsAuthorizations ? MoneyText.count(value) : MoneyText.text(value, currency)
    }
}

extension Interval {
    /// As a limit is titled.
    var title: String {
        switch self {
        case .perAuthorization: "One spend"
        case .daily: "A day"
        case .weekly: "A week"
        case .monthly: "A month"
        case .yearly: "A year"
        case .allTime: "All time"
        case .rolling(let seconds): "Any \(TimeText.exactLength(seconds: seconds))"
        }
    }

    /// As a sentence says it after an amount.
    var phrase: String {
        switch self {
        case .perAuthorization: "for one spend"
        case .daily: "a day"
        case .weekly: "a week"
        case .monthly: "a month"
        case .yearly: "a year"
        case .allTime: "in all"
        case .rolling(let seconds): "in any \(TimeText.exactLength(seconds: seconds))"
        }
    }
}

extension TimeText {
    /// `24 hours`, `90 minutes`, `61 seconds`: of the largest unit that it is a whole number of.
    static func exactLength(seconds: Int64) -> String {
        for (unit, size) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60)]
        where seconds % size == 0 && seconds > size {
            return "\(seconds / size) \(unit)s"
        }
        return seconds == 60 ? "minute" : "\(seconds) seconds"
    }
}

extension Reason {
    /// The reason as a sentence in the currency's own figures.
    ///
    /// `above`: over how much the policy asks a person.
    func sentence(_ currency: CurrencyCode, policy: String?, above: Int64? = nil) -> String {
        let who = policy.map { "“\($0.isolated)”" } ?? "A policy"
        if code == .approvalRequired {
            let most = above.map { "more than \(MoneyText.text($0, currency))" } ?? "as much as this"
            return "\(who) asks a person for \(most)."
        }
        guard let limit else { return message }
        let most = code.figure(limit.limit, currency)
        if limit.interval == .perAuthorization { return "\(who) allows at most \(most) for one spend." }
        let spent = code.figure(limit.spent, currency)
        let left = code.figure(limit.remaining, currency)
        return "\(who) allows \(most) \(limit.interval.phrase); \(spent) is spent or reserved, so that \(left) is left."
    }
}

extension String {
    /// Within a sentence: text that is written from right to left leaves the words around it where they are (Unicode UAX #9,
    /// first strong isolate).
    var isolated: String { "\u{2068}\(self)\u{2069}" }
}

extension SigningKeyInfo.State {
    var word: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    var meaning: String {
        switch self {
        case .announced: "Published, so that processors know it before it signs"
        case .signing: "Signs what is decided now"
        case .retired: "Stays published until its last token has ended"
        case .gone: "Its last token has ended"
        case .revoked: "No longer trusted"
        }
    }

    /// What revoking such a key does; nil where there is nothing to revoke.
    var revoking: String? {
        switch self {
        case .announced:
            "For a key that leaked before it signed. It leaves the key set at once, and another is announced in its place."
        case .signing:
            "For a key that leaked. Every token that it signed is refused as soon as a processor fetches the key set, also "
                + "those whose spends are pending. The announced key signs at once."
        case .retired:
            "For a key that leaked. Its tokens are refused as soon as a processor fetches the key set."
        case .gone, .revoked: nil
        }
    }

    var tone: String {
        switch self {
        case .announced: "accent"
        case .signing: "good"
        case .retired, .gone: "quiet"
        case .revoked: "bad"
        }
    }
}

extension Scope {
    var word: String {
        switch self {
        case .authorize: "spend"
        case .read: "look"
        case .manage: "manage"
        case .approve: "approve"
        }
    }

    var sentence: String {
        switch self {
        case .authorize: "Spend: authorize, confirm, void"
        case .read: "Look at everything"
        case .manage: "Manage agents, policies and keys"
        case .approve: "Approve what waits for a person"
        }
    }
}

extension AuditAction {
    var words: String {
        let words = rawValue.lowercased().replacing("_", with: " ").replacing("api ", with: "API ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension Schedule.Day {
    var word: String {
        switch self {
        case .monday: "Mon"
        case .tuesday: "Tue"
        case .wednesday: "Wed"
        case .thursday: "Thu"
        case .friday: "Fri"
        case .saturday: "Sat"
        case .sunday: "Sun"
        }
    }
}

extension Merchant {
    /// What a list calls it: never empty.
    static func title(_ merchant: Merchant?) -> String {
        guard let merchant else { return "No merchant named" }
        return merchant.name ?? merchant.id ?? merchant.category.map { "Category \($0.text)" } ?? "No merchant named"
    }
}
