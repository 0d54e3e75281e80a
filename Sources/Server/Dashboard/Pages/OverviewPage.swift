import Hummingbird
import Issuer

/// `/overview`: where the money goes, and how to begin where none has gone yet.
struct OverviewPages {
    func add(to pages: PageTable) {
        pages.page("/overview", show)
    }

    private func show(_ visit: Visit) async throws -> Response {
        let issuer = visit.issuer
        // Before anything is read: what changes after it is told of.
        let revision = try await issuer.revision(as: visit.caller)
        let latest = try await issuer.authorizations(AuthorizationFilter(), page: Page(limit: 8), as: visit.caller)
        let wanted = visit.query("currency").flatMap { try? CurrencyCode($0) }
        let caller = try visit.caller
        let look = try await visit.dashboard.looks.overviews.look(LookKey(wanted, of: caller), at: revision) {
            try await issuer.overview(currency: wanted, as: caller)
        }
        let isNew = latest.items.isEmpty
        var figures: OverviewFigures?
        if !isNew, let look { figures = try await self.figures(visit, look.value, latest.items) }
        let content = OverviewContent(
            look?.value, now: issuer.now, revision: revision, isOld: look?.isOld ?? true,
            start: isNew ? try await GetStarted.content(visit, secret: nil) : nil, figures: figures)
        return try await visit.show("overview", title: "Overview", content)
    }

    private func figures(
        _ visit: Visit, _ overview: Overview, _ latest: [Authorization]
    ) async throws -> OverviewFigures? {
        // Only what is older than these days may be there, in which case the first currency found will do.
        guard let currency = overview.currency ?? latest.first?.money.currency else { return nil }
        let budgets = try await visit.issuer.budgets(as: visit.caller).filter { $0.currency == currency }
        let names = try await visit.issuer.names(of: Set(budgets.compactMap(\.agentID)), as: visit.caller)
        let meters = budgets.map { budget in
            Meter(budget, whose: budget.agentID.flatMap { names[$0]?.text } ?? "everyone", now: overview.asOf)
        }
        return OverviewFigures(overview, currency, meters: meters, rows: try await visit.rows(latest))
    }
}

/// `page` in overview.mustache.
struct OverviewContent {
    let asOf: String
    let events: String
    /// Something has changed since: the page looks again by itself.
    let isOld: Bool
    let hasCurrencies: Bool
    let currencies: [Currency]
    let start: GetStarted.Content?
    /// The figures are being taken.
    let isCounting: Bool
    let figures: OverviewFigures?

    struct Currency {
        let code: String
        let isCurrent: Bool
    }

    init(
        _ overview: Overview?, now: Instant, revision: Int64, isOld: Bool = false, start: GetStarted.Content?,
        figures: OverviewFigures?
    ) {
        asOf = TimeText.minute(overview?.asOf ?? now)
        isCounting = overview == nil
        events = EventRoutes.path(after: revision)
        self.isOld = isOld
        currencies = (overview?.currencies ?? []).map {
            Currency(code: $0.text, isCurrent: $0 == overview?.currency)
        }
        hasCurrencies = currencies.count > 1
        self.start = start
        self.figures = figures
    }
}

struct OverviewFigures {
    struct Ranked {
        let rankedHref: String
        let rankedName: String
        let rankedSub: String?
        let rankedValue: String
        let rankedWidth: String
    }

    /// The budgets shown at most.
    private static let budgetsMax = 9

    let currency: String
    let spent: String
    let spentCount: String
    let pending: String
    let pendingCount: String
    let held: String
    let heldCount: String
    let denied: String
    let deniedCount: String
    let chart: SpendChart
    let hasBudgets: Bool
    let budgets: [Meter]
    let shownBudgets: String
    /// How many there are, where not all are shown.
    let moreBudgets: String?
    let hasMerchants: Bool
    let merchants: [Ranked]
    let hasAgents: Bool
    let agents: [Ranked]
    let hasReasons: Bool
    let denials: [Ranked]
    let denialsNote: String?
    let rows: [AuthorizationRow]

    init(_ overview: Overview, _ currency: CurrencyCode, meters: [Meter], rows: [AuthorizationRow]) {
        func total(_ status: AuthorizationStatus) -> SpendTotal { overview.byStatus[status] ?? SpendTotal() }
        self.currency = currency.text
        spent = MoneyText.figure(overview.byDay.reduce(0) { $0.addingClamped($1.confirmed) }, currency)
        spentCount = MoneyText.count(overview.byDay.reduce(0) { $0 + $1.confirmedCount })
        pending = MoneyText.figure(total(.pending).amount, currency)
        pendingCount = MoneyText.count(total(.pending).count)
        held = MoneyText.figure(total(.held).amount, currency)
        heldCount = MoneyText.count(total(.held).count)
        denied = MoneyText.figure(total(.denied).amount, currency)
        deniedCount = MoneyText.count(total(.denied).count)
        chart = SpendChart(overview.byDay, currency)
        budgets = Array(meters.sorted { $0.usedHundredths > $1.usedHundredths }.prefix(Self.budgetsMax))
        hasBudgets = !meters.isEmpty
        shownBudgets = "\(budgets.count)"
        moreBudgets = meters.count > budgets.count ? "\(meters.count)" : nil
        let most = overview.byMerchant.first?.total.amount ?? 0
        merchants = overview.byMerchant.map { spend in
            Ranked(
                rankedHref: Visit.path("/authorizations", [("q", spend.merchant?.id ?? spend.merchant?.name)]),
                rankedName: Merchant.title(spend.merchant),
                rankedSub: spend.merchant?.name == nil ? nil : spend.merchant?.id,
                rankedValue: MoneyText.text(spend.total.amount, currency),
                rankedWidth: Share.percent(spend.total.amount, of: most))
        }
        hasMerchants = !merchants.isEmpty
        let mostOfAgent = overview.byAgent.first?.total.amount ?? 0
        agents = overview.byAgent.map { spend in
            Ranked(
                rankedHref: Visit.path("/authorizations", [("agent", spend.agent.text)]), rankedName: spend.name.text,
                rankedSub: nil, rankedValue: MoneyText.text(spend.total.amount, currency),
                rankedWidth: Share.percent(spend.total.amount, of: mostOfAgent))
        }
        hasAgents = !agents.isEmpty
        let codes = overview.denials.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.prefix(6)
        denials = codes.map { code, count in
            Ranked(
                rankedHref: "/authorizations?status=DENIED", rankedName: code.words, rankedSub: nil,
                rankedValue: MoneyText.count(count), rankedWidth: Share.percent(count, of: codes.first?.value ?? 0))
        }
        hasReasons = !denials.isEmpty
        denialsNote =
            overview.denialsLookedAt >= Int(Overview.denialsMax)
            ? "Based on the latest \(MoneyText.count(Overview.denialsMax)) denials." : nil
        self.rows = rows
    }
}
