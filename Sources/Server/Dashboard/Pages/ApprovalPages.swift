import Hummingbird
import Issuer

/// `/approvals`: what waits for a person, each with all that matters to decide on it.
struct ApprovalPages {
    private static let cardsMax = 20
    private static let historyDays: Int64 = 30

    func add(to pages: PageTable) {
        pages.page("/approvals", list)
        pages.form("/approvals/:id", decide)
    }

    private func list(_ visit: Visit) async throws -> Response {
        let revision = try await visit.issuer.revision(as: visit.caller)
        let held = try await visit.issuer.approvals(page: visit.listPage(limit: Self.cardsMax), as: visit.caller)
        let decided: AuthorizationID? = visit.query("decided").flatMap(AuthorizationID.init)
        let content = ApprovalsContent(
            events: EventRoutes.path(after: revision),
            decided: try await decision(decided, visit, isRefused: visit.query("late") != nil),
            asks: try await Asks(visit, days: Self.historyDays).cards(held.items),
            older: held.nextCursor.map { Visit.path("/approvals", [("cursor", $0)]) })
        return try await visit.show("approvals", title: "Approvals", content)
    }

    private func decide(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let id: AuthorizationID = try visit.id(.approval)
        let (decision, text) = (try form.text("decision"), try form.optional("note"))
        let once = try visit.once(form, [decision, text ?? ""])
        let note: Note?
        do throws(InvalidValue) {
            note = try text.map { (text) throws(InvalidValue) in try Note(text) }
        } catch {
            throw IssuerError.invalid(field: "note", error)
        }
        do {
            switch decision {
            case "approve": _ = try await visit.issuer.approve(id, note: note, as: visit.caller, once: once).value
            case "deny": _ = try await visit.issuer.denyApproval(id, note: note, as: visit.caller, once: once).value
            default: throw IssuerError.invalid(field: "decision", InvalidValue("must be approve or deny"))
            }
        } catch IssuerError.invalidState {
            // Somebody else was faster, or it lapsed: the page says what became of it.
            return visit.redirect(to: Visit.path("/approvals", [("decided", id.text), ("late", "1")]))
        }
        return visit.redirect(to: Visit.path("/approvals", [("decided", id.text)]))
    }

    /// What became of the one that was decided on last, as it stands.
    private func decision(
        _ id: AuthorizationID?, _ visit: Visit, isRefused: Bool
    ) async throws -> ApprovalsContent.Decided? {
        guard let id, let issued = try? await visit.issuer.authorization(id, as: visit.caller) else { return nil }
        let authorization = issued.authorization
        let what = "\(MoneyText.text(authorization.money)) to \(Merchant.title(authorization.merchant).isolated)"
        let decider = authorization.approval?.by
        let by = try await visit.people(naming: [decider]).name(decider ?? "")
        let title =
            if isRefused {
                authorization.approval == nil
                    ? "It is no longer waiting for approval." : "\(by.isolated) has already decided."
            } else if authorization.approval?.approved == true, authorization.status == .denied {
                "You approved it, but it is denied now."
            } else {
                authorization.approval?.approved == true ? "Approved." : "Denied."
            }
        let why = authorization.status == .denied ? authorization.reasons.first.map { " \($0.code.words)." } ?? "" : ""
        return ApprovalsContent.Decided(
            decidedTone: authorization.status == .denied ? "bad" : "good", decidedTitle: title,
            decidedText: "\(what): \(authorization.status.word.lowercased()).\(why)", decidedID: id.text)
    }
}

/// `page` in approvals.mustache.
struct ApprovalsContent {
    let events: String
    let decided: Decided?
    let hasAsks: Bool
    let asks: [Ask]
    let older: String?

    struct Decided {
        let decidedTone: String
        let decidedTitle: String
        let decidedText: String
        let decidedID: String
    }

    init(events: String, decided: Decided?, asks: [Ask], older: String?) {
        self.events = events
        self.decided = decided
        self.asks = asks
        self.older = older
        hasAsks = !asks.isEmpty
    }
}
