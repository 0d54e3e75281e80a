import Hummingbird
import Issuer

/// `/api-keys`: with what programs call the API. A key is shown once, in the answer to the form that made it.
struct APIKeyPages {
    func add(to pages: PageTable) {
        pages.page("/api-keys") { visit in try await show(visit, KeyForm()) }
        pages.form("/api-keys", create)
        pages.form("/api-keys/:id/revoke", revoke)
    }

    private func show(_ visit: Visit, _ form: KeyForm, made: NewAPIKey? = nil) async throws -> Response {
        let keys = try await visit.issuer.apiKeys(page: visit.listPage(), as: visit.caller)
        let names = try await visit.issuer.names(of: Set(keys.items.compactMap(\.agentID)), as: visit.caller)
        let now = visit.issuer.now
        let content = APIKeysContent(
            form, keys.items.map { key in KeyRow(key, agent: key.agentID.flatMap { names[$0]?.text }, now: now) },
            made: made, agents: try await visit.agentChoices(chosen: AgentID(form.agent)),
            isLive: try visit.caller.environment == .live, mayManage: try visit.caller.scopes.contains(.manage),
            once: visit.attempt, said: visit.query("revoked") == nil ? nil : "The key has been revoked.",
            older: keys.nextCursor.map { Visit.path("/api-keys", [("cursor", $0)]) })
        var response = try await visit.show(
            "api-keys", title: "API keys", content, status: form.problem == nil ? .ok : .unprocessableContent)
        // The secret in it belongs in no cache.
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func create(_ visit: Visit, _ fields: FormFields) async throws -> Response {
        var form = try KeyForm(fields)
        do {
            let once = try visit.once(fields, [form.name, form.agent, form.days] + form.scopes.sorted())
            let made = try await visit.issuer.createAPIKey(
                form.draft(now: visit.issuer.now), as: visit.caller, once: once
            ).value
            return try await show(visit, KeyForm(), made: made)
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            form.problem = problem
            return try await show(visit, form)
        }
    }

    private func revoke(_ visit: Visit, _ fields: FormFields) async throws -> Response {
        try await visit.issuer.revokeAPIKey(visit.id(.apiKey), as: visit.caller)
        return visit.redirect(to: "/api-keys?revoked=1")
    }
}

/// What a form says of a new key, as it was written.
struct KeyForm {
    private static let daysMax: Int64 = 3650

    var name = ""
    var agent = ""
    var days = ""
    /// What is ticked beforehand: what an agent needs. Who wants a key that changes limits says so.
    var scopes: Set<String> = [Scope.authorize.rawValue, Scope.read.rawValue]
    var problem: String?

    init() {}

    init(_ form: FormFields) throws {
        (name, agent, days) = (try form.text("name"), try form.text("agent"), try form.text("days").trimmed)
        scopes = Set(form.all("scope"))
    }

    func draft(now: Instant) throws(IssuerError) -> APIKeyDraft {
        let checked: Name
        do { checked = try Name(name) } catch { throw .invalid(field: "Name", error) }
        var end: Instant?
        if !days.isEmpty {
            guard let count = Int64(days), (1...Self.daysMax).contains(count) else {
                throw .invalid(
                    field: "Expires after",
                    InvalidValue("must be a whole number of days, 1 to \(Self.daysMax), or empty"))
            }
            end = now.adding(seconds: count * 86_400)
        }
        var agentID: AgentID?
        if !agent.isEmpty {
            agentID = AgentID(agent)
            if agentID == nil { throw .notFound(.agent, agent) }
        }
        return APIKeyDraft(
            name: checked, scopes: Set(scopes.compactMap(Scope.init(rawValue:))), expiresAt: end, agentID: agentID)
    }
}

struct KeyRow {
    let rowID: String
    let rowName: String
    let rowPrefix: String
    let rowTest: Bool
    let rowAgent: String?
    let rowScopes: String
    let rowUsed: String
    let rowMade: String
    let rowEnds: String?

    init(_ key: APIKey, agent: String?, now: Instant) {
        rowID = key.id.text
        rowName = key.name.text
        rowPrefix = key.prefix
        rowTest = key.environment == .test
        rowAgent = key.agentID.map { agent ?? $0.text }
        rowScopes = Scope.allCases.filter(key.scopes.contains).map(\.word).joined(separator: ", ")
        rowUsed = key.lastUsedAt.map { TimeText.relative($0, to: now) } ?? "never"
        rowMade = TimeText.day(key.createdAt)
        rowEnds = key.expiresAt.map(TimeText.day)
    }
}

/// `page` in api-keys.mustache.
struct APIKeysContent {
    let alsoTest: Bool
    let secret: String?
    let secretName: String
    let said: String?
    let isOpen: Bool
    let problem: String?
    let formName: String
    let formDays: String
    let agentChoices: [Choice]
    let scopes: [Choice]
    let once: String
    let hasRows: Bool
    let rows: [KeyRow]
    let older: String?

    init(
        _ form: KeyForm, _ rows: [KeyRow], made: NewAPIKey?, agents: [Choice], isLive: Bool, mayManage: Bool,
        once: String, said: String?, older: String?
    ) {
        alsoTest = isLive
        secret = made?.secret
        secretName = made?.key.name.text ?? ""
        self.said = said
        problem = form.problem
        isOpen = form.problem != nil || rows.isEmpty
        (formName, formDays) = (form.name, form.days)
        agentChoices = agents
        scopes = Scope.allCases.map {
            Choice(value: $0.rawValue, text: $0.sentence, isChosen: form.scopes.contains($0.rawValue))
        }
        self.once = once
        self.rows = rows
        hasRows = !rows.isEmpty
        self.older = older
    }
}
