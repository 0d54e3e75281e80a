import HTTPTypes
import Hummingbird
import Issuer

/// `/authorizations`: every spend that was asked for, found again.
struct AuthorizationPages {
    func add(to pages: PageTable) {
        pages.page("/authorizations", list)
        pages.page("/authorizations.csv", export)
        pages.page("/authorizations/:id", AuthorizationPage.show)
    }

    private func list(_ visit: Visit) async throws -> Response {
        let search = AuthorizationQuery(visit)
        var found = Listing<Authorization>.none
        if search.problem == nil {
            found = try await visit.issuer.authorizations(
                search.filter, text: search.text, page: visit.listPage(), as: visit.caller)
        }
        let content = AuthorizationsContent(
            search, found, rows: try await visit.rows(found.items),
            agents: try await visit.agentChoices(chosen: search.filter.agentID), hasCursor: visit.query("cursor") != nil
        )
        return try await visit.show("authorizations", title: "Authorizations", content)
    }

    private func export(_ visit: Visit) async throws -> Response {
        let search = AuthorizationQuery(visit)
        if let problem = search.problem { throw IssuerError.invalid(field: "query", InvalidValue(problem)) }
        let day = visit.issuer.now.rfc3339.prefix(10)
        let export = AuthorizationExport(issuer: visit.issuer, caller: try visit.caller, search: search)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8; header=present", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"authorizations-\(day).csv\"",
            ],
            body: ResponseBody { writer in try await export.write(to: &writer) })
    }
}

/// What the address says that is looked for.
struct AuthorizationQuery {
    let filter: AuthorizationFilter
    let text: String?
    let problem: String?
    /// As the form has it.
    let from: String?
    let to: String?
    let parameters: [(String, String?)]

    init(_ visit: Visit) {
        var problems: [String] = []
        func read<Value>(_ name: String, _ sentence: String, _ parse: (String) -> Value?) -> Value? {
            guard let text = visit.query(name) else { return nil }
            let value = parse(text)
            if value == nil { problems.append(sentence) }
            return value
        }
        let agent = read("agent", "This agent does not exist.", AgentID.init)
        let status = read("status", "This status does not exist.", AuthorizationStatus.init(rawValue:))
        let start = read("from", "“From” must be a day, such as 2026-11-27.", TimeText.startOfDay)
        let end = read("to", "“To” must be a day, such as 2026-11-27.", TimeText.startOfDay)
        text = read("q", "A search has at most 200 characters.") { $0.count <= 200 ? $0 : nil }
        if let start, let end, end < start { problems.append("“To” is before “From”.") }
        filter = AuthorizationFilter(
            agentID: agent, status: status, from: start, to: end?.adding(seconds: 86_400))
        problem = problems.isEmpty ? nil : problems.joined(separator: " ")
        from = visit.query("from")
        to = visit.query("to")
        parameters = ["q", "agent", "status", "from", "to"].map { ($0, visit.query($0)) }
    }

    var isEmpty: Bool { parameters.allSatisfy { $0.1 == nil } }
}

extension Listing<Authorization> {
    static let none = Listing<Authorization>(items: [], nextCursor: nil)
}

/// `page` in authorizations.mustache.
struct AuthorizationsContent {
    let q: String?
    let from: String?
    let to: String?
    let problem: String?
    let agentChoices: [Choice]
    let statusChoices: [Choice]
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [AuthorizationRow]
    let searched: String
    let newest: String?
    let older: String?
    let olderText: String
    let exportHref: String

    init(
        _ query: AuthorizationQuery, _ search: Listing<Authorization>, rows: [AuthorizationRow], agents: [Choice],
        hasCursor: Bool
    ) {
        q = query.text
        (from, to) = (query.from, query.to)
        problem = query.problem
        agentChoices = agents
        statusChoices = Choice.all(query.filter.status, \.word)
        isFiltered = !query.isEmpty || hasCursor
        self.rows = rows
        hasRows = !rows.isEmpty
        let most = MoneyText.count(Int64(Issuer.searchedAtOnceMax))
        let goesOn = rows.count < 50 && search.nextCursor != nil
        searched = goesOn ? "Not among the \(most) that were looked at." : "No authorization matches."
        newest = hasCursor ? Visit.path("/authorizations", query.parameters) : nil
        older = search.nextCursor.map { Visit.path("/authorizations", query.parameters + [("cursor", $0)]) }
        olderText = goesOn ? "Look at the next \(most)" : "Older"
        exportHref = Visit.path("/authorizations.csv", query.parameters)
    }
}
