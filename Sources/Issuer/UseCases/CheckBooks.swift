/// What recounting the books found.
public struct BooksReport: Sendable {
    /// The most differences that a report names; all are counted.
    static let namedMax = 100

    public internal(set) var companyCount = 0
    public internal(set) var authorizationCount: Int64 = 0
    public internal(set) var counterCount = 0
    public internal(set) var differenceCount = 0
    public internal(set) var differences: [BooksDifference] = []

    /// Whether every counter is the sum of its authorizations.
    public var balances: Bool { differenceCount == 0 }
}

/// A counter that is not the sum of the authorizations it covers.
public struct BooksDifference: Sendable {
    public let companyID: CompanyID
    public let environment: String
    public let currency: String
    /// An agent's identifier, or `*` for all of the company's.
    public let subject: String
    public let periodStart: Instant
    public let periodEnd: Instant
    /// Confirmed and reserved, in minor units: as the counter has it, and as the authorizations have it.
    public let counted: Int64
    public let summed: Int64
    /// The same in authorizations.
    public let countedAuthorizations: Int64
    public let summedAuthorizations: Int64
}

extension Issuer {
    /// Recounts every counter of every company from its authorizations. Changes nothing.
    ///
    /// Works beside decisions, which do not wait for it: each counter and its authorizations are read in one snapshot.
    public func checkBooks() async throws -> BooksReport {
        try await BooksCheck(store: store).report()
    }
}

/// Recounts the counters of a store.
struct BooksCheck {
    let store: any Store

    func report() async throws -> BooksReport {
        var report = BooksReport()
        var last: CompanyID?
        while true {
            let after = last
            let companies = try await IssuerError.mapping {
                try await store.globalTransaction { try Companies.page(after: after, limit: 100, in: $0) }
            }
            for company in companies { try await check(company, &report) }
            guard let newLast = companies.last else { return report }
            last = newLast
        }
    }

    private func check(_ company: CompanyID, _ report: inout BooksReport) async throws {
        report.companyCount += 1
        report.authorizationCount += try await IssuerError.mapping {
            try await store.read(for: company) { try Recount.authorizationCount(of: company, in: $0) }
        }
        var place = Recount.Place.first
        while true {
            let after = place
            let pairs = try await IssuerError.mapping {
                // One each: other readers wait for it.
                try await store.read(for: company) { tx in
                    try Recount.counters(of: company, after: after, limit: 1, in: tx).map {
                        (counter: $0, summed: try Recount.spend(at: $0.place, of: company, in: tx))
                    }
                }
            }
            for pair in pairs { report.note(pair.counter, summed: pair.summed, of: company) }
            guard let last = pairs.last else { return }
            place = last.counter.place
        }
    }
}

extension BooksReport {
    fileprivate mutating func note(_ counter: Recount.Counter, summed: Spend, of company: CompanyID) {
        counterCount += 1
        guard !counter.spend.agrees(with: summed) else { return }
        differenceCount += 1
        guard differences.count < Self.namedMax else { return }
        differences.append(
            BooksDifference(
                companyID: company, environment: counter.place.environment, currency: counter.place.currency,
                subject: counter.place.subject, periodStart: Instant(milliseconds: counter.place.periodStart),
                periodEnd: Instant(milliseconds: counter.place.periodEnd), counted: counter.spend.amount,
                summed: summed.amount, countedAuthorizations: counter.spend.count,
                summedAuthorizations: summed.count))
    }
}

extension Spend {
    /// Whether a counter may say this where its authorizations come to `summed`: one that was full once stays full.
    fileprivate func agrees(with summed: Spend) -> Bool {
        var summed = summed
        if reservedAmount == Self.amountMax { summed.reservedAmount = Self.amountMax }
        if confirmedAmount == Self.amountMax { summed.confirmedAmount = Self.amountMax }
        return self == summed
    }
}
