import Issuer

extension PolicyForm {
    /// What is wrong, by the name of the field; limits by `limit0`, `limit1`…
    typealias Errors = [String: String]

    /// The terms that it says, or everything that is wrong with it.
    func terms() -> (terms: PolicyTerms?, errors: Errors) {
        var reader = FormReader()
        let name = reader.read("name") { () throws(InvalidValue) in try Name(self.name) }
        let agentID = reader.read("agent") { () throws(InvalidValue) in try self.agentID() }
        let mode = reader.choice("mode", self.mode, PolicyTerms.Mode.self)
        let counter = reader.choice("counter", self.counter, PolicyTerms.CounterScope.self)
        let zone = reader.read("timeZone") { () throws(InvalidValue) in
            timeZone.isEmpty ? TimeZoneID.utc : try TimeZoneID(timeZone)
        }
        let code = reader.read("currency") { () throws(InvalidValue) in try CurrencyCode(currency) }
        let merchants = reader.lists("merchants", lists, MerchantID.self)
        let categories = reader.lists("categories", lists, MerchantCategory.self)
        let countries = reader.lists("countries", lists, CountryCode.self)
        let schedule = reader.read("schedule") { () throws(InvalidValue) in try self.schedule() }
        guard let code else { return (nil, reader.errors) }
        let above = reader.read("approvalAbove") { () throws(InvalidValue) in
            approvalAbove.isEmpty ? nil : try MoneyText.minorUnits(approvalAbove, code)
        }
        let limits = limits.enumerated().compactMap { index, limit in
            limit.isEmpty ? nil : reader.read("limit\(index)") { () throws(InvalidValue) in try limit.limit(code) }
        }
        guard reader.errors.isEmpty, let name, let mode, let counter, let zone else { return (nil, reader.errors) }
        let terms = PolicyTerms(
            name: name, agentID: agentID ?? nil, enabled: enabled, mode: mode, currency: code, timeZone: zone,
            limits: limits, counter: counter, merchants: merchants, categories: categories, countries: countries,
            schedule: schedule ?? nil, approvalAbove: above ?? nil)
        return (terms, [:])
    }

    private func agentID() throws(InvalidValue) -> AgentID? {
        if agent.isEmpty { return nil }
        guard let id = AgentID(agent) else { throw InvalidValue("must be an agent of this company") }
        return id
    }

    private func schedule() throws(InvalidValue) -> Schedule? {
        if days.isEmpty && from.isEmpty && to.isEmpty { return nil }
        guard !from.isEmpty, !to.isEmpty, !days.isEmpty else {
            throw InvalidValue("needs days and times, or neither")
        }
        let known = Schedule.Day.allCases.filter { days.contains($0.rawValue) }
        return try Schedule(days: Set(known), from: TimeOfDay(from), to: TimeOfDay(to))
    }
}

/// Reads the fields of a form into domain types and notes what is wrong with each.
struct FormReader {
    private(set) var errors: PolicyForm.Errors = [:]

    mutating func read<Value>(_ field: String, _ parse: () throws(InvalidValue) -> Value) -> Value? {
        do throws(InvalidValue) {
            return try parse()
        } catch {
            errors[field] = error.message
            return nil
        }
    }

    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ field: String, _ text: String, _ type: Value.Type
    ) -> Value? where Value.RawValue == String {
        read(field) { () throws(InvalidValue) in
            guard let value = Value(rawValue: text) else { throw .notOneOf(Value.allCases.map(\.rawValue)) }
            return value
        }
    }

    /// One item a line. Nil where both lists are empty.
    mutating func lists<Item>(_ name: String, _ texts: [String: String], _ type: Item.Type) -> AllowBlock<Item>? {
        let allow = list("\(name)Allow", texts, type)
        let block = list("\(name)Block", texts, type)
        return allow.isEmpty && block.isEmpty ? nil : AllowBlock(allow: allow, block: block)
    }

    private mutating func list<Item: CheckedText>(
        _ field: String, _ texts: [String: String], _ type: Item.Type
    ) -> Set<Item> {
        let lines = (texts[field] ?? "").split(whereSeparator: \.isNewline).map { String($0).trimmed }
            .filter { !$0.isEmpty }
        let items = read(field) { () throws(InvalidValue) -> Set<Item> in
            guard lines.count <= AllowBlock<Item>.itemsMax else {
                throw InvalidValue("must have at most \(AllowBlock<Item>.itemsMax) lines")
            }
            var items = Set<Item>()
            for line in lines {
                do throws(InvalidValue) {
                    items.insert(try Item(line))
                } catch {
                    throw InvalidValue("“\(line.prefix(60))” \(error.message)")
                }
            }
            return items
        }
        return items ?? []
    }
}

extension PolicyForm.Limit {
    fileprivate func limit(_ currency: CurrencyCode) throws(InvalidValue) -> SpendLimit {
        let seconds = RollingLength.seconds(length)
        if interval == Interval.rollingName, seconds == nil {
            throw InvalidValue("needs a window from 1 min to 31 d, such as 24 h")
        }
        guard let parsed = Interval(name: interval, seconds: seconds) else { throw .notOneOf(Interval.names) }
        let money = amount.isEmpty ? nil : try MoneyText.minorUnits(amount, currency)
        return try SpendLimit(interval: parsed, amount: money, count: try spends())
    }

    private func spends() throws(InvalidValue) -> Int64? {
        if count.isEmpty { return nil }
        guard let number = Int64(count.filter { $0 != "," }), number >= 0 else {
            throw InvalidValue("must have a whole number of spends")
        }
        return number
    }
}
