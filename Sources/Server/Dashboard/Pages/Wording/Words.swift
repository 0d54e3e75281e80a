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
        case .held: "Needs approval"
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
        case .pendingApproval: "Needs approval"
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
        case .attributeMissing: "Missing information that a policy requires"
        case .merchantBlocked: "Merchant blocked"
        case .merchantNotAllowed: "Merchant not allowed"
        case .categoryBlocked: "Category blocked"
        case .categoryNotAllowed: "Category not allowed"
        case .countryBlocked: "Country blocked"
        case .countryNotAllowed: "Country not allowed"
        case .outsideSchedule: "Outside the schedule"
        case .perAuthorizationLimitExceeded: "Over the per-spend limit"
        case .dailyLimitExceeded: "Over the daily limit"
        case .weeklyLimitExceeded: "Over the weekly limit"
        case .monthlyLimitExceeded: "Over the monthly limit"
        case .yearlyLimitExceeded: "Over the yearly limit"
        case .allTimeLimitExceeded: "Over the all-time limit"
        case .rollingLimitExceeded: "Over the rolling limit"
        case .dailyCountExceeded: "Over the daily count limit"
        case .weeklyCountExceeded: "Over the weekly count limit"
        case .monthlyCountExceeded: "Over the monthly count limit"
        case .yearlyCountExceeded: "Over the yearly count limit"
        case .allTimeCountExceeded: "Over the all-time count limit"
        case .rollingCountExceeded: "Over the rolling count limit"
        case .approvalRequired: "Above the approval threshold"
        case .approvalDenied: "Rejected by an approver"
        case .approvalExpired: "Request for approval expired"
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
        case .perAuthorization: "Per spend"
        case .daily: "Daily"
        case .weekly: "Weekly"
        case .monthly: "Monthly"
        case .yearly: "Yearly"
        case .allTime: "All time"
        case .rolling(let seconds): "Rolling \(TimeText.exactLength(seconds: seconds))"
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
            let threshold = above.map { "spends above \(MoneyText.text($0, currency))" } ?? "this amount"
            return "\(who) requires approval for \(threshold)."
        }
        guard let limit else { return message }
        let most = code.figure(limit.limit, currency)
        if limit.interval == .perAuthorization { return "\(who) allows at most \(most) for one spend." }
        let spent = code.figure(limit.spent, currency)
        let left = code.figure(limit.remaining, currency)
        return "\(who) allows \(most) \(limit.interval.phrase); \(spent) is spent or reserved, so \(left) is left."
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
        case .announced: "Published so that processors know it before it signs"
        case .signing: "Signs new decisions"
        case .retired: "Stays published until its last token has expired"
        case .gone: "Its last token has expired"
        case .revoked: "No longer trusted"
        }
    }

    /// What revoking such a key does; nil where there is nothing to revoke.
    var revoking: String? {
        switch self {
        case .announced:
            "For a key that leaked before it signed. It is removed from the key set at once, and another is announced."
        case .signing:
            "For a leaked key. Once a processor has fetched the key set, it refuses every token that the key signed, including "
                + "those of pending spends. The announced key starts signing at once."
        case .retired:
            "For a leaked key. Once a processor has fetched the key set, it refuses the key's tokens."
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
        case .read: "read"
        case .manage: "manage"
        case .approve: "approve"
        }
    }

    var sentence: String {
        switch self {
        case .authorize: "Spend: authorize, confirm, void"
        case .read: "Read everything"
        case .manage: "Manage agents, policies and keys"
        case .approve: "Approve held spends"
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
