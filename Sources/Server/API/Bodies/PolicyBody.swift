import Issuer

extension PolicyTerms {
    static let names = [
        "name", "agentId", "enabled", "mode", "currency", "timeZone", "limits", "counter", "merchants", "categories",
        "countries", "schedule", "approval",
    ]
    private static let limitsMax = 20

    init(_ body: ObjectReader) throws {
        let name = body.text("name", required: true, Name.init)
        let agentID: AgentID? = body.id("agentId", .agent)
        let enabled = body.bool("enabled")
        let mode = body.choice("mode", Mode.self)
        let currency = body.text("currency", required: true, CurrencyCode.init)
        let timeZone = body.text("timeZone", TimeZoneID.init)
        let limits = body.objects("limits", countMax: Self.limitsMax, names: SpendLimit.names, SpendLimit.read)
        let counter = body.choice("counter", CounterScope.self)
        let merchants = body.allowBlock("merchants", MerchantID.self)
        let categories = body.allowBlock("categories", MerchantCategory.self)
        let countries = body.allowBlock("countries", CountryCode.self)
        let approvalAbove = body.object("approval", names: ["above"]) { approval in
            approval.integer("above", in: 0...Money.minorUnitsMax, required: true)
        }
        if body.mentions("schedule") {
            body.note("schedule", "UNSUPPORTED", "is not supported yet: leave it out")
        }
        let (checkedName, checkedCurrency) = try body.findings.all(name, currency)
        self.init(
            name: checkedName, agentID: agentID, enabled: enabled ?? true, mode: mode ?? .enforce,
            currency: checkedCurrency, timeZone: timeZone ?? .utc, limits: limits ?? [], counter: counter ?? .shared,
            merchants: merchants, categories: categories, countries: countries, approvalAbove: approvalAbove)
    }
}

extension SpendLimit {
    static let names = ["interval", "amount", "count", "seconds"]

    static func read(_ body: ObjectReader) -> SpendLimit? {
        let interval = body.text("interval", required: true, intervalName)
        let amount = body.integer("amount", in: 0...Money.minorUnitsMax)
        let count = body.integer("count", in: 0...1_000_000_000)
        guard let interval else { return nil }
        guard let interval = Interval(rawValue: interval) else {
            body.note("interval", "UNSUPPORTED", "ROLLING is not supported yet: take a calendar interval such as DAILY")
            return nil
        }
        if body.mentions("seconds") {
            body.note("seconds", "INVALID_VALUE", "goes with the interval ROLLING alone")
        }
        // What is wrong within a member has been said; the rest is about the limit as a whole.
        guard amount != nil || !body.mentions("amount"), count != nil || !body.mentions("count") else { return nil }
        do {
            return try SpendLimit(interval: interval, amount: amount, count: count)
        } catch {
            body.note(nil, error.code, error.message)
            return nil
        }
    }

    private static let rolling = "ROLLING"

    private static func intervalName(_ text: String) throws(InvalidValue) -> String {
        let known = Interval.allCases.map(\.rawValue) + [rolling]
        guard known.contains(text) else { throw .notOneOf(known) }
        return text
    }
}

extension ObjectReader {
    fileprivate func allowBlock<Item: CheckedText>(_ name: String, _ type: Item.Type) -> AllowBlock<Item>? {
        object(name, names: ["allow", "block"]) { lists in
            let allow = lists.texts("allow", countMax: AllowBlock<Item>.itemsMax, Item.init)
            let block = lists.texts("block", countMax: AllowBlock<Item>.itemsMax, Item.init)
            return AllowBlock(allow: Set(allow ?? []), block: Set(block ?? []))
        }
    }
}

extension Policy {
    /// Names this version, for If-Match.
    var etag: String { "\"\(version)\"" }
}
