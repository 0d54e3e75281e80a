import Issuer

extension PolicyTerms {
    static let names = [
        "name", "agentId", "enabled", "mode", "currency", "timeZone", "limits", "counter", "merchants", "categories",
        "countries", "schedule", "approval",
    ]
    /// What a policy says of itself where it is shown. Who puts back what they read need not take them out; they change nothing.
    static let ownNames = ["id", "version", "createdAt", "updatedAt", "warnings"]
    private static let limitsMax = 20

    init(_ body: ObjectReader) throws {
        self = try body.findings.all(Self.read(body))
    }

    static func read(_ body: ObjectReader) -> PolicyTerms? {
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
        let schedule = body.object("schedule", names: Schedule.names, Schedule.read)
        guard let name, let currency else { return nil }
        return PolicyTerms(
            name: name, agentID: agentID, enabled: enabled ?? true, mode: mode ?? .enforce,
            currency: currency, timeZone: timeZone ?? .utc, limits: limits ?? [], counter: counter ?? .shared,
            merchants: merchants, categories: categories, countries: countries, schedule: schedule,
            approvalAbove: approvalAbove)
    }
}

extension SpendLimit {
    static let names = ["interval", "amount", "count", "seconds"]

    static func read(_ body: ObjectReader) -> SpendLimit? {
        let name = body.text("interval", required: true) { (text) throws(InvalidValue) in
            guard Interval.names.contains(text) else { throw .notOneOf(Interval.names) }
            return text
        }
        let amount = body.integer("amount", in: 0...Money.minorUnitsMax)
        let count = body.integer("count", in: 0...1_000_000_000)
        let isRolling = name == Interval.rollingName
        let seconds = body.integer("seconds", in: Interval.rollingSecondsRange, required: isRolling)
        if let name, !isRolling, body.has("seconds") {
            body.note("seconds", .invalidValue, "is only valid with the interval ROLLING, not with \(name)")
        }
        guard let name, let interval = Interval(name: name, seconds: seconds) else { return nil }
        // What is wrong within a member has been said; the rest is about the limit as a whole.
        guard amount != nil || !body.has("amount"), count != nil || !body.has("count") else { return nil }
        do {
            return try SpendLimit(interval: interval, amount: amount, count: count)
        } catch {
            body.note(nil, ProblemCode(error.code), error.message)
            return nil
        }
    }
}

extension Schedule {
    static let names = ["days", "from", "to"]

    static func read(_ body: ObjectReader) -> Schedule? {
        let days = body.texts("days", countMax: Day.allCases.count) { (text) throws(InvalidValue) in
            guard let day = Day(rawValue: text) else { throw .notOneOf(Day.allCases.map(\.rawValue)) }
            return day
        }
        let from = body.text("from", TimeOfDay.init)
        let to = body.text("to", TimeOfDay.init)
        guard names.contains(where: body.has) else {
            body.note(nil, .invalidValue, "must have days, from or to")
            return nil
        }
        do {
            return try Schedule(
                days: days.map(Set.init) ?? Set(Day.allCases), from: from ?? .startOfDay, to: to ?? .endOfDay)
        } catch {
            body.note("from", ProblemCode(error.code), error.message)
            return nil
        }
    }
}

extension ObjectReader {
    fileprivate func allowBlock<Element: CheckedText>(_ name: String, _ type: Element.Type) -> AllowBlock<Element>? {
        object(name, names: ["allow", "block"]) { lists in
            let allow = lists.texts("allow", countMax: AllowBlock<Element>.itemsMax, Element.init)
            let block = lists.texts("block", countMax: AllowBlock<Element>.itemsMax, Element.init)
            return AllowBlock(allow: Set(allow ?? []), block: Set(block ?? []))
        }
    }
}

extension Policy {
    /// Names this version, for If-Match.
    var etag: String { "\"\(version)\"" }
}

extension ReviewedPolicy {
    func write(to json: inout JSONWriter) {
        json.object { json in
            policy.writeMembers(to: &json)
            json.member("warnings", array: warnings) { json, warning in
                json.object { json in
                    json.member("code", warning.code.rawValue)
                    json.member("fields", texts: warning.fields)
                    json.member("message", warning.message)
                    json.member("policyIds", texts: warning.policyIDs.map(\.text))
                }
            }
        }
    }
}

extension PolicyVersion {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("policyId", policyID.text)
            json.member("version", version)
            json.member("writtenAt", writtenAt)
            json.member("writtenBy", writtenBy)
            json.member("terms") { json in terms.writeMembers(to: &json) }
        }
    }
}
