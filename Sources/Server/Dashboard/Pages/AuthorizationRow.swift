import Issuer

/// One line of authorization-table.mustache.
struct AuthorizationRow {
    let rowID: String
    let rowMerchant: String
    let rowNote: String?
    let rowAgent: String
    let rowAgentID: String
    let rowISO: String
    let rowWhen: String
    let rowStatus: String
    let rowTone: String
    let rowWhy: String?
    let rowCurrency: String
    let rowAmount: String

    init(_ authorization: Authorization, agent: String, now: Instant) {
        let currency = authorization.money.currency
        rowID = authorization.id.text
        rowMerchant = Merchant.title(authorization.merchant)
        rowNote = authorization.note?.text
        rowAgent = agent
        rowAgentID = authorization.agentID.text
        rowISO = authorization.createdAt.rfc3339
        rowWhen = TimeText.short(authorization.createdAt, now: now)
        rowStatus = authorization.status.word
        rowTone = authorization.status.tone
        rowWhy = authorization.reasons.first?.code.words
        rowCurrency = currency.text
        rowAmount = MoneyText.figure(authorization.confirmedAmount ?? authorization.money.minorUnits, currency)
    }
}

extension Visit {
    func rows(_ authorizations: [Authorization]) async throws -> [AuthorizationRow] {
        let names = try await issuer.names(of: Set(authorizations.map(\.agentID)), as: caller)
        let now = issuer.now
        return authorizations.map {
            AuthorizationRow($0, agent: names[$0.agentID]?.text ?? $0.agentID.text, now: now)
        }
    }
}
