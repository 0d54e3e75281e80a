import Hummingbird
import Issuer

/// Authorizations as CSV (RFC 4180), a page at a time: no more is ever held than one page.
struct AuthorizationExport: Sendable {
    /// The most lines of one file.
    static let linesMax = 100_000
    /// A request's time is not unlimited: what is left by then is for another range of days.
    private static let writeFor: Duration = .seconds(9)
    private static let names = [
        "id", "created_at", "agent_id", "agent", "merchant_id", "merchant", "category", "country", "currency", "amount",
        "amount_minor_units", "status", "decision", "confirmed_amount", "reasons", "note", "approved_by",
        "approval_note",
    ]

    let issuer: Issuer
    let caller: Principal
    let filter: AuthorizationFilter
    let text: String?

    init(issuer: Issuer, caller: Principal, search: AuthorizationQuery) {
        (self.issuer, self.caller) = (issuer, caller)
        (filter, text) = (search.filter, search.text)
    }

    func write(to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: CSV.line(Self.names)))
        var (cursor, lines): (String?, Int) = (nil, 0)
        let end = ContinuousClock.now + Self.writeFor
        repeat {
            let found = try await issuer.authorizations(
                filter, text: text, page: Page(limit: Page.limitRange.upperBound, after: cursor), as: caller)
            let names = try await issuer.names(of: Set(found.items.map(\.agentID)), as: caller)
            let text = found.items.map { Self.line($0, agent: names[$0.agentID]?.text ?? "") }.joined()
            try await writer.write(ByteBuffer(string: text))
            lines += found.items.count
            cursor = found.nextCursor
        } while cursor != nil && lines < Self.linesMax && ContinuousClock.now < end
        if cursor != nil {
            try await writer.write(
                ByteBuffer(
                    string: CSV.line(["Only the newest \(lines) are included: export a range of days for the rest"]))
            )
        }
        try await writer.finish(nil)
    }

    private static func line(_ authorization: Authorization, agent: String) -> String {
        let (money, merchant) = (authorization.money, authorization.merchant)
        return CSV.line([
            authorization.id.text, authorization.createdAt.rfc3339, authorization.agentID.text, agent,
            merchant?.id ?? "", merchant?.name ?? "", merchant?.category?.text ?? "", merchant?.country?.text ?? "",
            money.currency.text, MoneyText.plain(money.minorUnits, money.currency), "\(money.minorUnits)",
            authorization.status.rawValue, authorization.decision.rawValue,
            authorization.confirmedAmount.map { MoneyText.plain($0, money.currency) } ?? "",
            authorization.reasons.map(\.code.rawValue).joined(separator: " "), authorization.note?.text ?? "",
            authorization.approval?.by ?? "", authorization.approval?.note?.text ?? "",
        ])
    }
}

enum CSV {
    /// One record. Every field is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe
    /// (OWASP, "CSV Injection"): what an agent calls a merchant must not run where it is opened.
    static func line(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    static func field(_ text: String) -> String {
        var guarded = String.UnicodeScalarView()
        // Where the cell begins that a formula would be; nil within one that has begun. A program that separates by something
        // else than commas begins another in the middle of a field.
        var start: String.UnicodeScalarView.Index? = guarded.startIndex
        for scalar in text.unicodeScalars {
            if let start, formulas.contains(scalar) { guarded.insert("'", at: start) }
            if !scalar.properties.isWhitespace { start = nil }
            guarded.append(scalar)
            if separators.contains(scalar) { start = guarded.endIndex }
        }
        return "\"\(String(guarded).replacing("\"", with: "\"\""))\""
    }

    private static let formulas = Set("=+-@|%＝＋－＠".unicodeScalars)
    private static let separators = Set(";,|\t\r\n\"".unicodeScalars)
}
