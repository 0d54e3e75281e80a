import Hummingbird
import Issuer

/// `/get-started`: an agent, a policy and a key in one step, and the lines to call with. Turns green with the first call.
struct GetStarted {
    private static let currency = "USD"
    private static let daily: Int64 = 100_000
    private static let above: Int64 = 20_000

    func add(to pages: PageTable) {
        pages.page("/get-started") { visit in
            try await show(visit, secret: nil)
        }
        pages.form("/get-started", make)
    }

    private func show(_ visit: Visit, secret: Content.Secret?) async throws -> Response {
        let revision = try await visit.issuer.revision(as: visit.caller)
        let content = OverviewContent(
            Overview.none(asOf: visit.issuer.now), now: visit.issuer.now, revision: revision,
            start: try await Self.content(visit, secret: secret), figures: nil)
        return try await visit.show("overview", title: "Get started", content)
    }

    private func make(_ visit: Visit, _ form: FormFields) async throws -> Response {
        if try form.optional("only") == "key" { return try await makeKey(visit, form) }
        let (issuer, caller) = (visit.issuer, try visit.caller)
        let once = try visit.once(form, [])
        func part(_ name: String) -> OnceOnly? {
            guard let once, let key = try? IdempotencyKey("\(once.key.text)-\(name)") else { return nil }
            return OnceOnly(key: key, fingerprint: once.fingerprint, requestID: once.requestID)
        }
        let agent = try await issuer.createAgent(
            AgentDraft(name: try Name("First agent")), as: caller, once: part("agent")
        ).value
        let currency = try CurrencyCode(Self.currency)
        _ = try await issuer.createPolicy(
            PolicyTerms(
                name: try Name("First policy"), agentID: agent.id, currency: currency,
                limits: [try SpendLimit(interval: .daily, amount: Self.daily, count: nil)], approvalAbove: Self.above),
            as: caller, once: part("policy")
        ).value
        // It goes into an agent's hands: it spends for that agent, and changes no limit.
        let key = try await issuer.createAPIKey(
            Self.draft("First key", for: agent.id), as: caller, once: part("key")
        ).value
        return try await show(visit, secret: Content.Secret(text: key.secret, agent: agent.id))
    }

    /// For whom there is all but a key that they can still read.
    private func makeKey(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let agents = try await visit.issuer.agents(page: Page(limit: 1), as: visit.caller).items
        guard let agent = agents.first else { return visit.redirect(to: "/get-started") }
        let key = try await visit.issuer.createAPIKey(
            Self.draft("Getting-started key", for: agent.id), as: visit.caller, once: visit.once(form, [])
        ).value
        return try await show(visit, secret: Content.Secret(text: key.secret, agent: agent.id))
    }

    /// In the hands of an agent: it can neither change what binds it nor spend for another.
    private static func draft(_ name: String, for agent: AgentID) throws -> APIKeyDraft {
        APIKeyDraft(name: try Name(name), scopes: [.authorize, .read], agentID: agent)
    }

    /// `start` in overview.mustache.
    struct Content {
        struct Secret {
            let text: String
            let agent: AgentID
        }

        let hasSetUp: Bool
        let secret: String?
        let startDaily: String
        let startAbove: String
        let once: String
        let curl: String
        let cLines: String
        /// Whether the lines have the first call's own token.
        let hasToken: Bool
        let called: Bool
        let firstID: String?
    }

    static func content(_ visit: Visit, secret: Content.Secret?) async throws -> Content {
        let (issuer, caller) = (visit.issuer, try visit.caller)
        let agents = try await issuer.agents(page: Page(limit: 1), as: caller).items
        let policies = try await issuer.policies(agent: nil, page: Page(limit: 1), as: caller).items
        let keys = try await issuer.apiKeys(page: Page(limit: 1), as: caller).items
        let first = try await issuer.authorizations(AuthorizationFilter(), page: Page(limit: 1), as: caller).items.first
        let currency = try CurrencyCode(Self.currency)
        let agent = secret?.agent ?? agents.first?.id
        // Nil for who may not spend, and once it is spent.
        var token: String?
        if let first { token = try await issuer.authorization(first.id, as: caller).token }
        // The first call's token is for whom it was asked for; the reader's own will be for the company's processor.
        let audience = token == nil ? try await issuer.companySettings(as: caller).defaultAudience : first?.audience
        let lines = FirstVerification(
            issuerURL: issuer.settings.issuerURL, origin: visit.site.origin, isTest: caller.environment == .test,
            audience: audience?.text ?? Audience.anyProcessor, token: token)
        return Content(
            hasSetUp: secret != nil || (!agents.isEmpty && !policies.isEmpty && !keys.isEmpty),
            secret: secret?.text, startDaily: MoneyText.text(daily, currency),
            startAbove: MoneyText.text(above, currency), once: visit.attempt,
            curl: curl(visit, key: secret?.text ?? "YOUR_API_KEY", agent: agent?.text ?? "agt_…"),
            cLines: lines.text, hasToken: token != nil,
            called: first != nil, firstID: first?.id.text)
    }

    private static func curl(_ visit: Visit, key: String, agent: String) -> String {
        "curl -sS \(visit.site.origin)/v1/authorize -H 'X-API-Key: \(key)' -H 'Content-Type: application/json' "
            + "-d '{\"agentId\":\"\(agent)\",\"amount\":1999,\"currency\":\"\(currency)\","
            + "\"merchant\":{\"id\":\"m_aws\",\"name\":\"AWS\"}}'"
    }
}
