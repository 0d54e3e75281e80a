import Hummingbird
import Issuer

/// An option of a select, or a check box among several.
struct Choice {
    let value: String
    let text: String
    let isChosen: Bool

    static func all<Value: RawRepresentable & CaseIterable & Equatable>(
        _ chosen: Value?, _ text: (Value) -> String
    ) -> [Choice] where Value.RawValue == String {
        Value.allCases.map { Choice(value: $0.rawValue, text: text($0), isChosen: $0 == chosen) }
    }
}

extension Choice {
    fileprivate init(_ agent: Agent, isChosen: Bool) {
        self.init(value: agent.id.text, text: agent.name.text, isChosen: isChosen)
    }
}

extension Visit {
    /// The agents to choose from, by name: as many as a page looks through, and the chosen one.
    func agentChoices(chosen: AgentID?) async throws -> [Choice] {
        var agents = try await allAgents().map { ($0, $0.name.text.lowercased()) }.sorted { $0.1 < $1.1 }.map(\.0)
        if let chosen, !agents.contains(where: { $0.id == chosen }) {
            guard let agent = try? await issuer.agent(chosen, as: caller) else {
                // Left out, the browser would choose another for it.
                let gone = Choice(value: chosen.text, text: "A deleted agent (\(chosen.text))", isChosen: true)
                return agents.map { Choice($0, isChosen: false) } + [gone]
            }
            agents.append(agent)
        }
        return agents.map { Choice($0, isChosen: $0.id == chosen) }
    }

    /// What a list's query says is its page.
    func listPage(limit: Int = 50) -> Page {
        Page(limit: limit, after: query("cursor"))
    }

    /// A fresh name for one attempt of a form, so that a form that is sent twice is carried out once.
    var attempt: String { RequestID.random() }

    /// What the form's field `once` says, for these contents.
    func once(_ form: FormFields, _ contents: [String]) throws -> OnceOnly? {
        guard let text = try form.optional("once"), let key = try? IdempotencyKey(text) else { return nil }
        let told = ([request.uri.path] + contents).map { "\($0.utf8.count):\($0)" }.joined()
        return OnceOnly(key: key, fingerprint: Digest.sha256(told.utf8), requestID: scope.requestID)
    }

    /// What people are called whom the books name by identifier. A key's identifier stands for itself.
    /// `actors`: identifiers of whoever did something, API keys among them.
    func people(naming actors: [String?]) async throws -> People {
        let members = try await issuer.members(as: caller)
        let keys = try await issuer.names(ofKeys: Set(actors.compactMap { $0.flatMap(APIKeyID.init(_:)) }), as: caller)
        return People(
            labels: Dictionary(
                members.map { ($0.user.id.text, $0.user.label) }
                    + keys.map { ($0.key.text, "API key \($0.value.text.isolated)") },
                uniquingKeysWith: { one, _ in one }))
    }

    /// A path with a query, whose absent parameters are left out.
    static func path(_ path: String, _ query: [(String, String?)]) -> String {
        let parts = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encoded($0))" } }
        return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
    }
}

/// What whoever did something is called: members by their address, API keys, revoked ones too, by their name.
struct People {
    let labels: [String: String]

    func name(_ actor: String) -> String { labels[actor] ?? actor }
}

extension Answered {
    /// What came of it; throws the refusal.
    var value: Value {
        get throws(IssuerError) { try result.get() }
    }
}

/// What is wrong with a form, in sentences. Nil: the error is about something else.
enum FormProblem {
    static func text(_ error: any Error) -> String? {
        switch error {
        case IssuerError.idempotencyKeyReused:
            "This form was already sent, with different contents. Reload the page to send it again."
        case IssuerError.invalid(let field, let value): "“\(field)” \(value.message)."
        case IssuerError.busy: "The server is busy. Try again in a second."
        case IssuerError.signingKeyTooNew(let until, _):
            "The announced key is too new: processors may not know it before \(TimeText.minute(until)). Rotate then."
        default: nil
        }
    }
}
