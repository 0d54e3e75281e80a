/// What a company allows its agents to spend, in one currency.
public struct Policy: Sendable, Codable, Equatable {
    public let id: PolicyID
    /// 1 at first; each change makes the next.
    public let version: Int64
    public let terms: PolicyTerms
    public let createdAt: Instant
    public let updatedAt: Instant
}

/// What a policy said from one change to the next. Every version is kept, also of a policy that was deleted.
public struct PolicyVersion: Sendable, Equatable {
    public let policyID: PolicyID
    public let version: Int64
    public let terms: PolicyTerms
    public let writtenAt: Instant
    /// A pseudonym: the API key's or user's identifier.
    public let writtenBy: String
}

/// The part of a policy that people write.
public struct PolicyTerms: Sendable, Codable, Equatable {
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Decides.
        case enforce = "ENFORCE"
        /// Is evaluated, has its would-be reasons recorded, and decides nothing.
        case shadow = "SHADOW"
    }

    /// Whom a company-wide policy's limits count together.
    public enum CounterScope: String, Sendable, Codable, CaseIterable {
        case shared = "SHARED"
        case perAgent = "PER_AGENT"
    }

    public var name: Name
    /// Nil: the policy is company-wide.
    public var agentID: AgentID?
    public var enabled: Bool
    public var mode: Mode
    public var currency: CurrencyCode
    public var timeZone: TimeZoneID
    public var limits: [SpendLimit]
    public var counter: CounterScope
    public var merchants: AllowBlock<MerchantID>?
    public var categories: AllowBlock<MerchantCategory>?
    public var countries: AllowBlock<CountryCode>?
    /// Nil: at any time.
    public var schedule: Schedule?
    /// Spends over this many minor units wait for a person. Nil: none does.
    public var approvalAbove: Int64?

    public init(
        name: Name, agentID: AgentID? = nil, enabled: Bool = true, mode: Mode = .enforce, currency: CurrencyCode,
        timeZone: TimeZoneID = .utc, limits: [SpendLimit] = [], counter: CounterScope = .shared,
        merchants: AllowBlock<MerchantID>? = nil, categories: AllowBlock<MerchantCategory>? = nil,
        countries: AllowBlock<CountryCode>? = nil, schedule: Schedule? = nil, approvalAbove: Int64? = nil
    ) {
        self.name = name
        self.agentID = agentID
        self.enabled = enabled
        self.mode = mode
        self.currency = currency
        self.timeZone = timeZone
        self.limits = limits
        self.counter = counter
        self.merchants = merchants
        self.categories = categories
        self.countries = countries
        self.schedule = schedule
        self.approvalAbove = approvalAbove
    }
}

/// Who or what may be paid. Empty lists say nothing; block wins over allow.
public struct AllowBlock<Item: CheckedText>: Sendable, Codable, Equatable {
    /// The most entries either list may have.
    public static var itemsMax: Int { 500 }

    public var allow: Set<Item>
    public var block: Set<Item>

    public init(allow: Set<Item> = [], block: Set<Item> = []) {
        self.allow = allow
        self.block = block
    }
}

/// A merchant's identifier in a policy's lists.
public struct MerchantID: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        try Merchant.checkID(text)
        self.text = text
    }
}

/// At most so much money, or so many authorizations, or both, in each period.
public struct SpendLimit: Sendable, Codable, Equatable {
    public let interval: Interval
    /// Minor units of the policy's currency, 0 to `Money.minorUnitsMax`.
    public let amount: Int64?
    /// 0 to 1,000,000,000 authorizations. Means nothing for one authorization.
    public let count: Int64?

    public init(interval: Interval, amount: Int64?, count: Int64?) throws(InvalidValue) {
        guard amount != nil || count != nil else { throw InvalidValue("must have an amount, a count, or both") }
        if let amount, !(0...Money.minorUnitsMax).contains(amount) {
            throw InvalidValue(code: .outOfRange, "amount must be an integer from 0 to \(Money.minorUnitsMax)")
        }
        if let count {
            guard interval != .perAuthorization else {
                throw InvalidValue("count has no meaning for PER_AUTHORIZATION: give an amount")
            }
            guard (0...1_000_000_000).contains(count) else {
                throw InvalidValue(code: .outOfRange, "count must be an integer from 0 to 1000000000")
            }
        }
        self.interval = interval
        self.amount = amount
        self.count = count
    }
}
