import HTTPTypes
import Hummingbird
import Issuer

/// `/policies/new` and `/policies/{id}/edit`: one form for every field of a policy, a preview on the past, and saving that
/// never writes over what somebody else has saved meanwhile.
struct PolicyFormPages {
    private static let previewDays: Int64 = 30
    /// Six lists of 500 lines, percent-encoded, are longer than other forms.
    private static let formBytesMax = 1 << 20

    func add(to pages: PageTable) {
        pages.page("/policies/new", new)
        pages.form("/policies", bytesMax: Self.formBytesMax, create)
        pages.page("/policies/:id/edit", edit)
        pages.form("/policies/:id", bytesMax: Self.formBytesMax, replace)
    }

    private func new(_ visit: Visit) async throws -> Response {
        try visit.requireManage()
        var form = PolicyForm()
        form.agent = visit.query("agent") ?? ""
        return try await show(visit, form, PolicyDraft())
    }

    private func edit(_ visit: Visit) async throws -> Response {
        try visit.requireManage()
        let policy = try await visit.issuer.policy(visit.id(.policy), as: visit.caller)
        return try await show(visit, PolicyForm(policy.terms), PolicyDraft(policy.policy))
    }

    private func create(_ visit: Visit, _ fields: FormFields) async throws -> Response {
        try await handle(visit, fields, PolicyDraft()) { terms, _ in
            let once = try visit.once(fields, [JSONWriter.text { json in json.object(terms.writeMembers) }])
            return try await visit.issuer.createPolicy(terms, as: visit.caller, once: once).value.id
        }
    }

    private func replace(_ visit: Visit, _ fields: FormFields) async throws -> Response {
        let id: PolicyID = try visit.id(.policy)
        let policy = try await visit.issuer.policy(id, as: visit.caller)
        var draft = PolicyDraft(policy.policy)
        draft.version = Int64(try fields.text("version")) ?? 0
        return try await handle(visit, fields, draft) { terms, version in
            try await visit.issuer.replacePolicy(id, with: terms, ifVersion: version.map { [$0] }, as: visit.caller).id
        }
    }

    private func handle(
        _ visit: Visit, _ fields: FormFields, _ draft: PolicyDraft,
        _ save: (PolicyTerms, Int64?) async throws -> PolicyID
    ) async throws -> Response {
        try visit.requireManage()
        var (draft, form) = (draft, try PolicyForm(fields))
        let action = try fields.text("action")
        if action == "more" { return try await show(visit, form, draft, emptyRows: 3) }
        form.limits.removeAll(where: \.isEmpty)
        let (terms, errors) = form.terms()
        draft.errors = errors
        guard let terms else { return try await show(visit, form, draft) }
        do {
            if action == "save" {
                return visit.redirect(to: "/policies/\(try await save(terms, draft.version).text)?saved=1")
            }
            draft.preview = try await preview(terms, replacing: draft.id, visit)
        } catch IssuerError.versionMismatch(let current) {
            draft.conflict = try await conflict(draft, current, visit)
            draft.version = current
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            draft.problem = problem
        }
        return try await show(visit, form, draft)
    }

    private func preview(
        _ terms: PolicyTerms, replacing id: PolicyID?, _ visit: Visit
    ) async throws -> PolicyPreview {
        let now = visit.issuer.now
        let draft: SimulationDraft
        do {
            draft = try SimulationDraft(
                terms: terms, replaces: id, from: now.adding(seconds: -Self.previewDays * 86_400), to: now)
        } catch {
            throw IssuerError.invalid(field: "policy", error)
        }
        let report = try await visit.issuer.simulate(draft, as: visit.caller)
        let names = try await visit.issuer.names(
            of: Set(PolicyPreview.shown(report).map(\.agentID)), as: visit.caller)
        return PolicyPreview(report, terms.currency, names: names.mapValues(\.text), now: visit.issuer.now)
    }

    private func conflict(_ draft: PolicyDraft, _ current: Int64, _ visit: Visit) async throws -> PolicyConflict? {
        guard let id = draft.id, let version = draft.version,
            let old = try? await visit.issuer.policyVersion(version, of: id, as: visit.caller)
        else { return nil }
        let new = try await visit.issuer.policyVersion(current, of: id, as: visit.caller)
        return PolicyConflict(
            conflictOld: "\(version)", conflictNew: "\(current)",
            conflictChanges: PolicyWords(old.terms, agent: try await visit.agentName(old.terms.agentID))
                .differences(to: PolicyWords(new.terms, agent: try await visit.agentName(new.terms.agentID))))
    }

    private func show(
        _ visit: Visit, _ form: PolicyForm, _ draft: PolicyDraft, emptyRows: Int? = nil
    ) async throws -> Response {
        let view = PolicyFormView(
            form, errors: draft.errors, agents: try await visit.agentChoices(chosen: AgentID(form.agent)),
            emptyRows: emptyRows ?? max(1, 3 - form.limits.count))
        let content = PolicyFormContent(draft, view, once: visit.attempt)
        let status: HTTPResponse.Status =
            draft.conflict != nil
            ? .conflict : draft.errors.isEmpty && draft.problem == nil ? .ok : .unprocessableContent
        return try await visit.show("policy-form", title: content.formTitle, content, status: status)
    }
}

extension Visit {
    func requireManage() throws {
        guard try caller.scopes.contains(.manage) else { throw IssuerError.forbidden(.manage) }
    }
}

/// What the form is about, and what came of it.
struct PolicyDraft {
    var id: PolicyID?
    var name: String?
    /// The version that the form began from.
    var version: Int64?
    var errors: PolicyForm.Errors = [:]
    var problem: String?
    var conflict: PolicyConflict?
    var preview: PolicyPreview?

    init() {}

    init(_ policy: Policy) {
        (id, name, version) = (policy.id, policy.terms.name.text, policy.version)
    }
}

struct PolicyConflict {
    let conflictOld: String
    let conflictNew: String
    let conflictChanges: [PolicyWords.Difference]
}

/// `page` in policy-form.mustache.
struct PolicyFormContent {
    let policyID: String?
    let policyName: String?
    let formTitle: String
    let formAction: String
    let formVersion: String
    let cancelHref: String
    let saveLabel: String
    let once: String
    let f: PolicyFormView
    let hasErrors: Bool
    let errors: [String]
    let conflict: PolicyConflict?
    let preview: PolicyPreview?

    init(_ draft: PolicyDraft, _ form: PolicyFormView, once: String) {
        policyID = draft.id?.text
        policyName = draft.name
        formTitle = draft.id == nil ? "Create a policy" : "Edit the policy"
        formAction = draft.id.map { "/policies/\($0.text)" } ?? "/policies"
        formVersion = draft.version.map { "\($0)" } ?? ""
        cancelHref = formAction
        saveLabel =
            draft.conflict.map { "Save over version \($0.conflictNew)" }
            ?? (draft.id == nil ? "Create the policy" : "Save")
        self.once = once
        f = form
        let count = draft.errors.count
        let wrong =
            count == 0 ? [] : [count == 1 ? "One field needs correction." : "\(count) fields need correction."]
        errors =
            wrong + [draft.problem].compactMap { $0 } + [draft.errors["agent"], draft.errors["mode"]].compactMap { $0 }
        hasErrors = !errors.isEmpty
        conflict = draft.conflict
        preview = draft.preview
    }
}
