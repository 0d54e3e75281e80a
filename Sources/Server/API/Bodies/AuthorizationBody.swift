import Issuer

extension AuthorizationRequest {
    static let names = [
        "agentId", "amount", "currency", "merchant", "description", "metadata", "audience", "expiresIn",
    ]

    init(_ body: ObjectReader) throws {
        let agentID: AgentID? = body.id("agentId", .agent, required: true)
        let amount = body.integer("amount", in: 1...Money.minorUnitsMax, required: true)
        let currency = body.text("currency", required: true, CurrencyCode.init)
        let merchant = body.object("merchant", names: Merchant.names, Merchant.read)
        let note = body.text("description", Note.init)
        let metadata = body.metadata()
        let audience = body.text("audience", Audience.init)
        let lifetime = body.integer("expiresIn", in: Self.lifetimeSecondsRange)
        let (agent, minorUnits, code) = try body.findings.all(agentID, amount, currency)
        try self.init(
            agentID: agent, money: Money(minorUnits: minorUnits, currency: code), merchant: merchant, note: note,
            metadata: metadata ?? Metadata(), audience: audience, lifetimeSeconds: lifetime)
    }
}

extension Merchant {
    static let names = ["id", "name", "category", "country"]

    static func read(_ body: ObjectReader) -> Merchant? {
        let id = body.text("id", MerchantID.init)?.text
        let name = body.text("name") { (text) throws(InvalidValue) in
            try Merchant(id: nil, name: text, category: nil, country: nil).name
        }
        let category = body.text("category", MerchantCategory.init)
        let country = body.text("country", CountryCode.init)
        return try? Merchant(id: id, name: name ?? nil, category: category, country: country)
    }
}

extension IssuedAuthorization {
    func write(to json: inout JSONWriter) {
        authorization.write(to: &json, token: token)
    }
}

extension Authorization {
    func write(to json: inout JSONWriter, token: String?) {
        json.object { json in
            json.member("id", id.text)
            json.member("agentId", agentID.text)
            json.member("decision", decision.rawValue)
            json.member("status", status.rawValue)
            json.member("amount", money.minorUnits)
            json.member("confirmedAmount", confirmedAmount)
            json.member("currency", money.currency.text)
            json.member(merchant: merchant)
            json.member("reasons", reasons: reasons)
            json.member("token", token)
            json.member("expiresAt", expiresAt)
            json.member("createdAt", createdAt)
            json.member("metadata", pairs: metadata.pairs)
            json.member("holdExpiresAt", holdExpiresAt)
            json.member("description", note?.text)
            json.member("late", late)
            json.member("policies", array: policies) { json, policy in policy.write(to: &json) }
            json.member("shadowReasons", reasons: shadowReasons)
            if let approval { approval.write(to: &json) }
        }
    }

    /// What a list of held requests shows of each.
    func writeApproval(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("authorizationId", id.text)
            json.member("agentId", agentID.text)
            json.member("amount", money.minorUnits)
            json.member("currency", money.currency.text)
            json.member(merchant: merchant)
            json.member("description", note?.text)
            json.member("requestedAt", createdAt)
            json.member("expiresAt", expiresAt)
            json.member("reasons", reasons: reasons)
            json.member("shadowReasons", reasons: shadowReasons)
        }
    }
}

extension DryRun {
    /// An authorization's members, those null that only come to be when something is reserved.
    func write(to json: inout JSONWriter, for request: AuthorizationRequest) {
        json.object { json in
            json.member("id", nil as String?)
            json.member("agentId", request.agentID.text)
            json.member("decision", decision.rawValue)
            json.member("status", nil as String?)
            json.member("amount", request.money.minorUnits)
            json.member("confirmedAmount", nil as Int64?)
            json.member("currency", request.money.currency.text)
            json.member(merchant: request.merchant)
            json.member("reasons", reasons: reasons)
            json.member("token", nil as String?)
            json.member("expiresAt", nil as String?)
            json.member("createdAt", nil as String?)
            json.member("metadata", pairs: request.metadata.pairs)
            json.member("dryRun", true)
            json.member("policies", array: policies) { json, policy in policy.write(to: &json) }
            json.member("shadowReasons", reasons: shadowReasons)
        }
    }
}

extension JSONWriter {
    mutating func member(merchant: Merchant?) {
        guard let merchant else { return member("merchant", nil as String?) }
        member("merchant") { json in
            if let id = merchant.id { json.member("id", id) }
            if let name = merchant.name { json.member("name", name) }
            if let category = merchant.category { json.member("category", category.text) }
            if let country = merchant.country { json.member("country", country.text) }
        }
    }
}

extension JSONWriter {
    mutating func member(_ name: StaticString, reasons: [Reason]) {
        member(name, array: reasons) { json, reason in reason.write(to: &json) }
    }
}

extension Reason {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("code", code.rawValue)
            json.member("policyId", policyID?.text)
            json.member("message", message)
            if code == .outsideSchedule { json.member("opensAt", opensAt) }
            guard let limit else { return }
            json.member(interval: limit.interval)
            json.member("limit", limit.limit)
            json.member("spent", limit.spent)
            json.member("requested", limit.requested)
            json.member("remaining", limit.remaining)
            json.member("resetsAt", limit.resetsAt)
        }
    }
}

extension EvaluatedPolicy {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("version", version)
            json.member("effect", effect.rawValue)
        }
    }
}

extension ApprovalRecord {
    func write(to json: inout JSONWriter) {
        json.member("approval") { json in
            json.member("approved", approved)
            json.member("by", by)
            json.member("at", at)
            json.member("note", note?.text)
        }
    }
}
