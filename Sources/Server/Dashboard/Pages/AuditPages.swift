import Hummingbird
import Issuer

/// `/audit`: every change, by whom and when.
struct AuditPages {
    func add(to pages: PageTable) {
        pages.page("/audit", show)
    }

    private func show(_ visit: Visit) async throws -> Response {
        let action = visit.query("action").flatMap(AuditAction.init(rawValue:))
        let (actor, object) = (visit.query("actor")?.trimmed, visit.query("object")?.trimmed)
        let entries = try await visit.issuer.audit(
            AuditFilter(actor: actor, action: action, object: object), page: visit.listPage(), as: visit.caller)
        let query = [("action", action?.rawValue), ("actor", actor), ("object", object)]
        let people = try await visit.people(naming: entries.items.flatMap { [$0.entry.actor, $0.entry.object] })
        let cursor = visit.query("cursor")
        let content = AuditContent(
            actionChoices: Choice.all(action, \.words), object: object, actor: actor,
            isFiltered: query.contains { $0.1 != nil }, rows: entries.items.map { AuditContent.Row($0, people) },
            newest: cursor.map { _ in Visit.path("/audit", query) },
            older: entries.nextCursor.map { Visit.path("/audit", query + [("cursor", $0)]) })
        return try await visit.show("audit", title: "Audit log", content)
    }
}

/// `page` in audit.mustache.
struct AuditContent {
    struct Row {
        let rowNumber: String
        let rowISO: String
        let rowWhen: String
        let rowTest: Bool
        let rowAction: String
        let rowObject: String
        let rowHref: String?
        let rowActor: String
        /// The same page with what that one did alone.
        let rowActorHref: String
        let rowBefore: String?
        let rowAfter: String?
        let rowRequest: String?
        let rowHash: String

        init(_ sealed: SealedAuditEntry, _ people: People) {
            let entry = sealed.entry
            rowNumber = "\(entry.sequence)"
            (rowISO, rowWhen) = (entry.at.rfc3339, TimeText.second(entry.at))
            rowTest = entry.environment == .test
            rowAction = AuditAction(rawValue: entry.action)?.words ?? entry.action
            rowObject = people.name(entry.object)
            rowHref = Self.href(entry.object)
            rowActor = people.name(entry.actor)
            rowActorHref = Visit.path("/audit", [("actor", entry.actor)])
            rowBefore = entry.before.map(JSONIndent.text)
            rowAfter = entry.after.map(JSONIndent.text)
            rowRequest = entry.requestID
            rowHash = sealed.hash
        }

        private static func href(_ object: String) -> String? {
            if AgentID(object) != nil { return "/agents/\(object)" }
            if PolicyID(object) != nil { return "/policies/\(object)" }
            return AuthorizationID(object) == nil ? nil : "/authorizations/\(object)"
        }
    }

    let actionChoices: [Choice]
    let object: String?
    let actor: String?
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [Row]
    let newest: String?
    let older: String?
    /// What is said where nothing was found, and of what is older: a search looks at so many entries at a time.
    let searched: String
    let olderText: String

    init(
        actionChoices: [Choice], object: String?, actor: String?, isFiltered: Bool, rows: [Row], newest: String?,
        older: String?
    ) {
        (self.actionChoices, self.object, self.actor) = (actionChoices, object, actor)
        (self.isFiltered, self.rows, self.newest, self.older) = (isFiltered, rows, newest, older)
        hasRows = !rows.isEmpty
        let most = MoneyText.count(Int64(Issuer.searchedAtOnceMax))
        let goesOn = rows.count < 50 && older != nil
        searched = goesOn ? "No match among the \(most) entries searched so far." : "No changes match."
        olderText = goesOn ? "Look at the next \(most)" : "Older"
    }
}
