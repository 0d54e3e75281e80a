extension Policy {
    /// As the API and the audit log give it.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("version", version)
            json.member("name", terms.name.text)
            json.member("agentId", terms.agentID?.text)
            json.member("enabled", terms.enabled)
            json.member("mode", terms.mode.rawValue)
            json.member("currency", terms.currency.text)
            json.member("timeZone", terms.timeZone.text)
            json.member("limits", array: terms.limits) { json, limit in
                json.object { json in
                    json.member("interval", limit.interval.rawValue)
                    if let amount = limit.amount { json.member("amount", amount) }
                    if let count = limit.count { json.member("count", count) }
                }
            }
            json.member("counter", terms.counter.rawValue)
            json.member("merchants", lists: terms.merchants)
            json.member("categories", lists: terms.categories)
            json.member("countries", lists: terms.countries)
            if let above = terms.approvalAbove {
                json.member("approval") { $0.member("above", above) }
            } else {
                json.member("approval", nil as String?)
            }
            json.member("createdAt", createdAt)
            json.member("updatedAt", updatedAt)
        }
    }

    var json: String { JSONWriter.text(write) }
}

extension JSONWriter {
    fileprivate mutating func member<Item>(_ name: StaticString, lists: AllowBlock<Item>?) {
        guard let lists else { return member(name, nil as String?) }
        member(name) { json in
            json.member("allow", texts: lists.allow.map(\.text).sorted())
            json.member("block", texts: lists.block.map(\.text).sorted())
        }
    }
}
