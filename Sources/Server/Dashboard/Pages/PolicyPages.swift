import Hummingbird
import Issuer

/// `/policies`: what agents may spend, version by version.
struct PolicyPages {
    func add(to pages: PageTable) {
        pages.page("/policies", list)
        pages.page("/policies/:id", show)
        pages.page("/policies/:id/versions/:version", difference)
        pages.form("/policies/:id/delete", delete)
        PolicyFormPages().add(to: pages)
    }

    private func list(_ visit: Visit) async throws -> Response {
        var find = Find(visit, label: "Name, agent, currency or identifier")
        var (policies, older): ([Policy], String?)
        if find.findText == nil {
            let listing = try await visit.issuer.policies(agent: nil, page: visit.listPage(), as: visit.caller)
            (policies, older) = (listing.items, listing.nextCursor)
        } else {
            (policies, older) = (try await visit.issuer.allPolicies(as: visit.caller), nil)
        }
        let names = try await visit.issuer.names(of: Set(policies.compactMap(\.terms.agentID)), as: visit.caller)
        func agent(_ policy: Policy) -> String? { policy.terms.agentID.flatMap { names[$0]?.text } }
        if find.findText != nil {
            policies = find.matches(of: policies.sorted { $0.id.text > $1.id.text }) { policy in
                [policy.terms.name.text, agent(policy), policy.terms.currency.text, policy.id.text]
            }
        }
        let content = PoliciesContent(
            find, policies.map { PolicyRow($0, agent: agent($0)) },
            said: visit.query("deleted") == nil ? nil : "The policy has been deleted.",
            older: older.map { Visit.path("/policies", [("cursor", $0)]) })
        return try await visit.show("policies", title: "Policies", content)
    }

    private func show(_ visit: Visit) async throws -> Response {
        let id: PolicyID = try visit.id(.policy)
        let policy = try await visit.issuer.policy(id, as: visit.caller)
        let history = try await visit.issuer.policyVersions(id, page: Page(limit: 50), as: visit.caller)
        let agent = try await visit.agentName(policy.terms.agentID)
        let content = PolicyContent(
            policy, agent: agent, versions: history.versions.items,
            people: try await visit.people(naming: history.versions.items.map(\.writtenBy)),
            said: visit.query("saved") == nil ? nil : "Saved. It applies from the next request on.",
            isChanged: visit.query("changed") != nil)
        return try await visit.show("policy", title: policy.terms.name.text, content)
    }

    private func difference(_ visit: Visit) async throws -> Response {
        let id: PolicyID = try visit.id(.policy)
        let text = visit.scope.parameters.get("version") ?? ""
        guard let number = Int64(text), number > 1, "\(number)" == text else {
            throw IssuerError.notFound(.policyVersion, text)
        }
        let new = try await visit.issuer.policyVersion(number, of: id, as: visit.caller)
        let old = try await visit.issuer.policyVersion(number - 1, of: id, as: visit.caller)
        let content = PolicyDifference(
            old, new, oldAgent: try await visit.agentName(old.terms.agentID),
            newAgent: try await visit.agentName(new.terms.agentID),
            people: try await visit.people(naming: [new.writtenBy]))
        return try await visit.show("policy-diff", title: "Version \(number)", content)
    }

    private func delete(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let id: PolicyID = try visit.id(.policy)
        guard try form.text("sure") == "yes" else { throw IssuerError.invalid(field: "sure", .notTicked) }
        let version = Int64(try form.text("version")) ?? 0
        do {
            try await visit.issuer.deletePolicy(id, ifVersion: [version], as: visit.caller)
        } catch IssuerError.versionMismatch {
            return visit.redirect(to: "/policies/\(id.text)?changed=1")
        }
        return visit.redirect(to: "/policies?deleted=1")
    }
}

extension Visit {
    func agentName(_ agent: AgentID?) async throws -> String? {
        guard let agent else { return nil }
        return try await issuer.names(of: [agent], as: caller)[agent]?.text
    }
}

/// A line of policy-table.mustache.
struct PolicyRow {
    let policyID: String
    let policyName: String
    let policyWhom: String
    let policyState: String
    let policyTone: String
    let policySummary: String
    let policyChanged: String

    init(_ policy: Policy, agent: String?) {
        policyID = policy.id.text
        policyName = policy.terms.name.text
        policyWhom = "Applies to \(PolicyWords.whom(policy.terms, agent: agent))"
        (policyState, policyTone) = PolicyWords.state(policy.terms)
        policySummary = PolicyWords.summary(policy.terms)
        policyChanged = TimeText.day(policy.updatedAt)
    }
}

/// `page` in policies.mustache.
struct PoliciesContent {
    let said: String?
    let find: Find
    let isFiltered: Bool
    let hasPolicies: Bool
    let policyRows: [PolicyRow]
    let older: String?

    init(_ find: Find, _ rows: [PolicyRow], said: String?, older: String?) {
        self.find = find
        isFiltered = find.findText != nil
        (policyRows, self.said, self.older) = (rows, said, older)
        hasPolicies = !rows.isEmpty
    }
}

/// `page` in policy.mustache.
struct PolicyContent {
    struct Version {
        let versionNumber: String
        let versionISO: String
        let versionWhen: String
        let versionBy: String
        let versionText: String
        let versionHref: String?
    }

    let policyID: String
    let policyName: String
    let policyVersion: String
    let policyState: String
    let policyTone: String
    let policyChanged: String
    let said: String?
    /// Somebody changed it while somebody else was about to delete it.
    let isChanged: Bool
    let hasWarnings: Bool
    let warnings: [String]
    let terms: [PolicyWords.Term]
    let versions: [Version]

    init(
        _ policy: ReviewedPolicy, agent: String?, versions: [PolicyVersion], people: People, said: String?,
        isChanged: Bool
    ) {
        self.isChanged = isChanged
        policyID = policy.id.text
        policyName = policy.terms.name.text
        policyVersion = "\(policy.version)"
        (policyState, policyTone) = PolicyWords.state(policy.terms)
        policyChanged = TimeText.minute(policy.updatedAt)
        self.said = said
        warnings = policy.warnings.map(\.message)
        hasWarnings = !warnings.isEmpty
        terms = PolicyWords(policy.terms, agent: agent).terms
        self.versions = versions.enumerated().map { index, version in
            let before = versions.dropFirst(index + 1).first
            let changed = before.map { before in
                PolicyWords(before.terms, agent: nil).differences(to: PolicyWords(version.terms, agent: nil))
                    .map(\.changeName)
            }
            return Version(
                versionNumber: "\(version.version)", versionISO: version.writtenAt.rfc3339,
                versionWhen: TimeText.minute(version.writtenAt), versionBy: people.name(version.writtenBy),
                versionText: changed.map { $0.isEmpty ? "Nothing" : $0.joined(separator: ", ") }
                    ?? (version.version == 1 ? "Created" : "Show"),
                versionHref: version.version == 1 ? nil : "/policies/\(policy.id.text)/versions/\(version.version)")
        }
    }
}

/// `page` in policy-diff.mustache.
struct PolicyDifference {
    let policyID: String
    let policyName: String
    let oldVersion: String
    let newVersion: String
    let versionWhen: String
    let versionBy: String
    let hasChanges: Bool
    let changes: [PolicyWords.Difference]
    let terms: [PolicyWords.Term]

    init(_ old: PolicyVersion, _ new: PolicyVersion, oldAgent: String?, newAgent: String?, people: People) {
        policyID = new.policyID.text
        policyName = new.terms.name.text
        (oldVersion, newVersion) = ("\(old.version)", "\(new.version)")
        versionWhen = TimeText.minute(new.writtenAt)
        versionBy = people.name(new.writtenBy)
        let words = PolicyWords(new.terms, agent: newAgent)
        changes = PolicyWords(old.terms, agent: oldAgent).differences(to: words)
        hasChanges = !changes.isEmpty
        terms = words.terms
    }
}
