extension Policy {
    /// As the API and the audit log give it.
    package func write(to json: inout JSONWriter) {
        json.object { json in writeMembers(to: &json) }
    }

    package func writeMembers(to json: inout JSONWriter) {
        json.member("id", id.text)
        json.member("version", version)
        terms.writeMembers(to: &json)
        json.member("createdAt", createdAt)
        json.member("updatedAt", updatedAt)
    }

    var json: String { JSONWriter.text(write) }
}

extension PolicyTerms {
    package func writeMembers(to json: inout JSONWriter) {
        json.member("name", name.text)
        json.member("agentId", agentID?.text)
        json.member("enabled", enabled)
        json.member("mode", mode.rawValue)
        json.member("currency", currency.text)
        json.member("timeZone", timeZone.text)
        json.member("limits", array: limits) { json, limit in
            json.object { json in
                json.member(interval: limit.interval)
                if let amount = limit.amount { json.member("amount", amount) }
                if let count = limit.count { json.member("count", count) }
            }
        }
        json.member("counter", counter.rawValue)
        json.member("merchants", lists: merchants)
        json.member("categories", lists: categories)
        json.member("countries", lists: countries)
        json.member(schedule: schedule)
        if let above = approvalAbove {
            json.member("approval") { $0.member("above", above) }
        } else {
            json.member("approval", nil as String?)
        }
    }
}

extension JSONWriter {
    /// Its name, and how long it is where it is rolling.
    package mutating func member(interval: Interval) {
        member("interval", interval.name)
        if let seconds = interval.seconds { member("seconds", seconds) }
    }

    fileprivate mutating func member(schedule: Schedule?) {
        guard let schedule else { return member("schedule", nil as String?) }
        member("schedule") { json in
            json.member("days", texts: Schedule.Day.allCases.filter(schedule.days.contains).map(\.rawValue))
            json.member("from", schedule.from.text)
            json.member("to", schedule.to.text)
        }
    }

    fileprivate mutating func member<Item>(_ name: StaticString, lists: AllowBlock<Item>?) {
        guard let lists else { return member(name, nil as String?) }
        member(name) { json in
            json.member("allow", texts: lists.allow.map(\.text).sorted())
            json.member("block", texts: lists.block.map(\.text).sorted())
        }
    }
}
