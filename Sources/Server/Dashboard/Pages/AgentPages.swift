import Hummingbird
import Issuer

/// `/agents`: the programs that spend, and one of them with its budgets, policies and spends.
struct AgentPages {
    private static let spendDays: Int64 = 30

    func add(to pages: PageTable) {
        pages.page("/agents") { visit in try await list(visit, AgentForm()) }
        pages.form("/agents", create)
        pages.page("/agents/:id") { visit in try await show(visit, nil) }
        pages.form("/agents/:id", update)
        pages.form("/agents/:id/status", setStatus)
        pages.form("/agents/:id/delete", delete)
    }

    private func list(_ visit: Visit, _ form: AgentForm) async throws -> Response {
        var find = Find(visit, label: "Name, description or identifier")
        var (agents, older): ([Agent], String?)
        if find.findText == nil {
            let listing = try await visit.issuer.agents(page: visit.listPage(), as: visit.caller)
            (agents, older) = (listing.items, listing.nextCursor)
        } else {
            (agents, older) = (
                find.matches(of: try await visit.allAgents()) { [$0.name.text, $0.description?.text, $0.id.text] }, nil
            )
        }
        let (issuer, caller, ids) = (visit.issuer, try visit.caller, agents.map(\.id))
        let look = try await visit.dashboard.looks.agents.look(
            LookKey(ids, of: caller), at: issuer.revision(as: caller)
        ) {
            try await issuer.spends(of: ids, days: Self.spendDays, as: caller)
        }
        let content = AgentsContent(
            form, find, agents.map { agent in AgentRow(agent, look.map { $0.value[agent.id] ?? [:] }) },
            once: visit.attempt,
            older: older.map { Visit.path("/agents", [("cursor", $0)]) })
        return try await visit.show(
            "agents", title: "Agents", content, status: form.problem == nil ? .ok : .unprocessableContent)
    }

    private func create(_ visit: Visit, _ form: FormFields) async throws -> Response {
        var read = try AgentForm(form)
        do {
            let once = try visit.once(form, [read.name, read.description])
            let agent = try await visit.issuer.createAgent(
                AgentDraft(name: read.checkedName(), description: read.checkedDescription()), as: visit.caller,
                once: once
            ).value
            return visit.redirect(to: "/agents/\(agent.id.text)")
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            read.problem = problem
            return try await list(visit, read)
        }
    }

    private func show(_ visit: Visit, _ form: AgentForm?) async throws -> Response {
        let (issuer, caller) = (visit.issuer, try visit.caller)
        let id: AgentID = try visit.id(.agent)
        let agent = try await issuer.agent(id, as: caller)
        let spends = try await issuer.authorizations(
            AuthorizationFilter(agentID: id), page: Page(limit: 10), as: caller)
        let policies = try await issuer.policiesApplying(to: id, as: caller)
        let content = AgentContent(
            agent, form ?? AgentForm(agent), said: visit.query("saved") == nil ? nil : "Saved.",
            meters: try await issuer.budgets(of: id, as: caller).map { budget in
                Meter(
                    budget, whose: budget.scope == .company ? "everyone" : agent.name.text, now: issuer.now)
            },
            policies: policies.map { PolicyRow($0, agent: agent.name.text) },
            rows: spends.items.map { AuthorizationRow($0, agent: agent.name.text, now: visit.issuer.now) })
        return try await visit.show(
            "agent", title: agent.name.text, content, status: form == nil ? .ok : .unprocessableContent)
    }

    private func update(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let id: AgentID = try visit.id(.agent)
        var read = try AgentForm(form)
        do {
            let description = try read.checkedDescription()
            let change = AgentChange(
                name: try read.checkedName(), description: description.map(Change.set) ?? .clear,
                basis: AgentChange.Basis(
                    name: try form.text("wasName"), description: try form.text("wasDescription")))
            _ = try await visit.issuer.updateAgent(id, change, as: visit.caller)
            return visit.redirect(to: "/agents/\(id.text)?saved=1")
        } catch IssuerError.invalid(_, .changedMeanwhile) {
            let now = try await visit.issuer.agent(id, as: visit.caller)
            read.problem =
                "Someone else changed this agent while you were editing: it is now “\(now.name.text)”. Your changes were not "
                + "saved. Save again to overwrite it."
            read.basis = AgentForm(now).basis
            return try await show(visit, read)
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            (read.problem, read.basis) = (problem, (try form.text("wasName"), try form.text("wasDescription")))
            return try await show(visit, read)
        }
    }

    private func setStatus(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let id: AgentID = try visit.id(.agent)
        guard let status = Agent.Status(rawValue: try form.text("status")) else {
            throw IssuerError.invalid(field: "status", .notOneOf(Agent.Status.allCases.map(\.rawValue)))
        }
        _ = try await visit.issuer.updateAgent(id, AgentChange(status: status), as: visit.caller)
        return visit.redirect(to: "/agents/\(id.text)?saved=1")
    }

    private func delete(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard try form.text("sure") == "yes" else { throw IssuerError.invalid(field: "sure", .notTicked) }
        try await visit.issuer.deleteAgent(visit.id(.agent), as: visit.caller)
        return visit.redirect(to: "/agents")
    }
}

extension InvalidValue {
    static let notTicked = InvalidValue("must be ticked, to prevent accidental deletion")
}

/// What a form says of an agent, as it was written.
struct AgentForm {
    var name = ""
    var description = ""
    var problem: String?
    /// The name and description that the form was loaded with.
    var basis = (name: "", description: "")

    init() {}

    init(_ form: FormFields) throws {
        (name, description) = (try form.text("name"), try form.text("description"))
    }

    init(_ agent: Agent) {
        (name, description) = (agent.name.text, agent.description?.text ?? "")
        basis = (name, description)
    }

    func checkedName() throws(IssuerError) -> Name {
        do { return try Name(name) } catch { throw .invalid(field: "Name", error) }
    }

    func checkedDescription() throws(IssuerError) -> Note? {
        if description.isEmpty { return nil }
        do { return try Note(description) } catch { throw .invalid(field: "What it does", error) }
    }
}

struct AgentRow {
    let rowID: String
    let rowName: String
    let rowNote: String?
    let rowStatus: String
    let rowTone: String
    let rowSpent: String
    let rowSince: String

    /// `spent` is nil where it is being counted.
    init(_ agent: Agent, _ spent: [CurrencyCode: SpendTotal]?) {
        rowID = agent.id.text
        rowName = agent.name.text
        rowNote = agent.description?.text
        (rowStatus, rowTone) = agent.status.wording
        rowSpent =
            spent == nil
            ? "calculating"
            : spent?.isEmpty == true
                ? "–"
                : (spent ?? [:]).sorted { $0.key.text < $1.key.text }.map { MoneyText.text($1.amount, $0) }.joined(
                    separator: ", ")
        rowSince = TimeText.day(agent.createdAt)
    }
}

extension Agent.Status {
    var wording: (String, String) {
        switch self {
        case .active: ("Active", "good")
        case .suspended: ("Suspended", "bad")
        }
    }
}

/// `page` in agents.mustache.
struct AgentsContent {
    let isOpen: Bool
    let problem: String?
    let formName: String
    let formDescription: String
    let once: String
    let find: Find
    let isFiltered: Bool
    let hasRows: Bool
    let rows: [AgentRow]
    let older: String?

    init(_ form: AgentForm, _ find: Find, _ rows: [AgentRow], once: String, older: String?) {
        (problem, formName, formDescription) = (form.problem, form.name, form.description)
        self.find = find
        isFiltered = find.findText != nil
        isOpen = form.problem != nil || (rows.isEmpty && !isFiltered)
        self.once = once
        self.rows = rows
        hasRows = !rows.isEmpty
        self.older = older
    }
}

/// `page` in agent.mustache.
struct AgentContent {
    let agentID: String
    let agentName: String
    let agentDescription: String?
    let agentStatus: String
    let agentTone: String
    let isActive: Bool
    let said: String?
    let hasBudgets: Bool
    let budgets: [Meter]
    let hasPolicies: Bool
    let policyRows: [PolicyRow]
    let hasRows: Bool
    let rows: [AuthorizationRow]
    let isOpen: Bool
    let problem: String?
    let formName: String
    let formDescription: String
    let wasName: String
    let wasDescription: String

    init(
        _ agent: Agent, _ form: AgentForm, said: String?, meters: [Meter], policies: [PolicyRow],
        rows: [AuthorizationRow]
    ) {
        (agentID, agentName, agentDescription) = (agent.id.text, agent.name.text, agent.description?.text)
        (agentStatus, agentTone) = agent.status.wording
        isActive = agent.status == .active
        self.said = said
        budgets = meters
        hasBudgets = !meters.isEmpty
        policyRows = policies
        hasPolicies = !policies.isEmpty
        self.rows = rows
        hasRows = !rows.isEmpty
        problem = form.problem
        isOpen = form.problem != nil
        (formName, formDescription) = (form.name, form.description)
        (wasName, wasDescription) = (form.basis.name, form.basis.description)
    }
}
