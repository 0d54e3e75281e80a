/// Where a company's money went lately, in one currency.
public struct Overview: Sendable {
    /// How far back it looks, the day it is asked for included.
    public static let days: Int64 = 30
    /// The latest denials whose reasons are counted.
    public static let denialsMax: Int64 = 1000
    /// The most merchants and agents that are told apart.
    static let rankedMax = 6

    /// What was reserved or spent on one day.
    public struct Day: Sendable, Equatable {
        public let start: Instant
        public let reserved: Int64
        public let confirmed: Int64
        public let confirmedCount: Int64

        package init(start: Instant, reserved: Int64, confirmed: Int64, confirmedCount: Int64) {
            (self.start, self.reserved, self.confirmed) = (start, reserved, confirmed)
            self.confirmedCount = confirmedCount
        }
    }

    /// What went to one merchant; nil where the requests named none.
    public struct ByMerchant: Sendable {
        public let merchant: Merchant?
        public let total: SpendTotal
    }

    /// What one agent has spent.
    public struct ByAgent: Sendable {
        public let agent: AgentID
        public let name: Name
        public let total: SpendTotal
    }

    public let asOf: Instant
    /// Those in which something was asked for, the most used first.
    public let currencies: [CurrencyCode]
    /// The one that the rest is about. Nil where nothing was asked for and none was named.
    public let currency: CurrencyCode?
    /// What was asked for in these days, by what has become of it.
    public let byStatus: [AuthorizationStatus: SpendTotal]
    /// Every day, oldest first.
    public let byDay: [Day]
    /// The most first.
    public let byMerchant: [ByMerchant]
    public let byAgent: [ByAgent]
    /// Each denial once for each code.
    public let denials: [ReasonCode: Int64]
    /// How many denials were looked at for that.
    public let denialsLookedAt: Int
}

extension Issuer {
    /// `currency`: nil for the one that is used most.
    public func overview(
        currency wanted: CurrencyCode?, as principal: Principal
    ) async throws -> Overview {
        try await beside(as: principal) { books in
            let today = books.now.milliseconds / LocalClock.dayMilliseconds
            let firstDay = today - Overview.days + 1
            let start = Instant(milliseconds: firstDay * LocalClock.dayMilliseconds)
            let totals = try SpendReports.byStatus(since: start, in: books)
            let counts = totals.reduce(into: [:]) { $0[$1.currency, default: 0] += $1.count }
            let currencies = counts.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }.map(\.key)
            guard let currency = wanted ?? currencies.first else {
                return Overview(asOf: books.now, byDay: Self.days(firstDay...today, []))
            }
            let spends = try SpendReports.spends(currency: currency, since: start, in: books)
            let denials = try SpendReports.denials(
                currency: currency, since: start, limit: Overview.denialsMax, in: books)
            return Overview(
                asOf: books.now, currencies: currencies, currency: currency,
                byStatus: totals.filter { $0.currency == currency }.reduce(into: [:]) {
                    $0[$1.status] = SpendTotal(count: $1.count, amount: $1.amount)
                },
                byDay: Self.days(firstDay...today, spends), byMerchant: Self.merchants(spends),
                byAgent: try Self.agents(spends, in: books),
                denials: denials.reduce(into: [:]) { counts, reasons in
                    for code in Set(reasons.map(\.code)) { counts[code, default: 0] += 1 }
                },
                denialsLookedAt: denials.count)
        }
    }

    private static func days(
        _ days: ClosedRange<Int64>, _ spends: [SpendReports.SpendOfDay]
    ) -> [Overview.Day] {
        let sums = spends.reduce(into: [:]) { $0[$1.day, default: Spend()] = $0[$1.day, default: Spend()] + $1.spend }
        return days.map { day in
            let spend = sums[day] ?? Spend()
            return Overview.Day(
                start: Instant(milliseconds: day * LocalClock.dayMilliseconds), reserved: spend.reservedAmount,
                confirmed: spend.confirmedAmount, confirmedCount: spend.confirmedCount)
        }
    }

    /// One merchant, however it was written: by its identifier, or by its name where it has none.
    private static func merchants(_ spends: [SpendReports.SpendOfDay]) -> [Overview.ByMerchant] {
        var sums: [String: Overview.ByMerchant] = [:]
        for spend in spends {
            let merchant = spend.merchant
            let key = merchant?.id.map { "i\($0)" } ?? merchant?.name.map { "n\($0)" } ?? ""
            var total = sums[key]?.total ?? SpendTotal()
            total.add(spend.total)
            sums[key] = Overview.ByMerchant(merchant: sums[key]?.merchant ?? merchant, total: total)
        }
        return sums.sorted { ($1.value.total.amount, $0.key) < ($0.value.total.amount, $1.key) }
            .prefix(Overview.rankedMax).map(\.value)
    }

    private static func agents(
        _ spends: [SpendReports.SpendOfDay], in books: Books
    ) throws(StorageError) -> [Overview.ByAgent] {
        let sums = spends.reduce(into: [AgentID: SpendTotal]()) { $0[$1.agent, default: SpendTotal()].add($1.total) }
        return try sums.sorted { ($1.value.amount, $0.key.text) < ($0.value.amount, $1.key.text) }
            .prefix(Overview.rankedMax).map { (agent, total) throws(StorageError) in
                Overview.ByAgent(agent: agent, name: try Agents.name(of: agent, in: books), total: total)
            }
    }

    /// What the company's revision is: it changes with every change of the books. Throws `unauthenticated` once the
    /// credential opens nothing any more.
    public func revision(as principal: Principal) async throws -> Int64 {
        try await besideAdmitted(principal) { _, revision in revision }
    }
}

extension SpendReports.SpendOfDay {
    fileprivate var total: SpendTotal { SpendTotal(count: spend.count, amount: spend.amount) }
}

extension Overview {
    /// Of nothing at all, for a page without figures.
    package static func none(asOf: Instant) -> Overview { Overview(asOf: asOf, byDay: []) }

    /// Of a company in which nothing was asked for in these days.
    fileprivate init(asOf: Instant, byDay: [Day]) {
        self.init(
            asOf: asOf, currencies: [], currency: nil, byStatus: [:], byDay: byDay, byMerchant: [], byAgent: [],
            denials: [:], denialsLookedAt: 0)
    }
}
