import Hummingbird
import Issuer

/// `/authorizations/{id}`: one spend, why it was decided so, and its token decoded.
enum AuthorizationPage {
    static func show(_ visit: Visit) async throws -> Response {
        let id: AuthorizationID = try visit.id(.authorization)
        let issued = try await visit.issuer.authorization(id, as: visit.caller)
        let explanation = try await visit.issuer.explain(id, as: visit.caller)
        let names = try await visit.issuer.names(of: [issued.authorization.agentID], as: visit.caller)
        let policies = try await visit.issuer.allPolicies(as: visit.caller)
        let content = AuthorizationContent(
            issued, explanation, agent: names[issued.authorization.agentID]?.text ?? "",
            policies: Dictionary(
                policies.map { ($0.id, ($0.terms.name.text, $0.terms.approvalAbove)) },
                uniquingKeysWith: { one, _ in one }),
            people: try await visit.people(naming: [issued.authorization.approval?.by]),
            keys: visit.issuer.signingKeys())
        return try await visit.show("authorization", title: "Authorization", content)
    }
}

/// `page` in authorization.mustache.
struct AuthorizationContent {
    struct Event {
        let eventText: String
        let eventWhen: String
        let eventISO: String

        init(_ text: String, _ at: Instant) {
            (eventText, eventWhen, eventISO) = (text, TimeText.second(at), at.rfc3339)
        }
    }

    struct Approval {
        let approvalTitle: String
        let approvalBy: String
        let approvalISO: String
        let approvalWhen: String
        let approvalNote: String?
    }

    let id: String
    let currency: String
    let amount: String
    let merchant: String
    let status: String
    let tone: String
    let decisionText: String
    let isHeld: Bool
    let hasReasons: Bool
    let reasons: [ReasonLine]
    let approval: Approval?
    let agrees: String?
    let agreesText: String?
    let agreesTone: String
    let hasEvaluations: Bool
    let evaluations: [EvaluationView]
    let token: TokenView?
    let facts: [Fact]
    let hasMerchant: Bool
    let merchantFacts: [Fact]
    let events: [Event]
    let hasMetadata: Bool
    let metadata: [Fact]

    init(
        _ issued: IssuedAuthorization, _ explanation: Explanation, agent: String,
        policies: [PolicyID: (name: String, above: Int64?)], people: People, keys: [SigningKeyInfo]
    ) {
        let authorization = issued.authorization
        let money = authorization.money
        id = authorization.id.text
        currency = money.currency.text
        amount = MoneyText.figure(money.minorUnits, money.currency)
        merchant = Merchant.title(authorization.merchant)
        (status, tone) = (authorization.status.word, authorization.status.tone)
        decisionText = Self.decision(authorization)
        isHeld = authorization.status == .held
        reasons = (authorization.reasons + authorization.shadowReasons).map { reason in
            ReasonLine(reason, money.currency, policy: reason.policyID.flatMap { policies[$0] })
        }
        hasReasons = !reasons.isEmpty
        approval = authorization.approval.map { approval in
            Approval(
                approvalTitle: approval.approved ? "Approval granted" : "Approval rejected",
                approvalBy: people.name(approval.by), approvalISO: approval.at.rfc3339,
                approvalWhen: TimeText.minute(approval.at), approvalNote: approval.note?.text)
        }
        evaluations = [
            explanation.held.map { EvaluationView($0, money, isFirst: true) },
            explanation.evaluation.map { EvaluationView($0, money, isFirst: explanation.held == nil) },
        ].compactMap { $0 }
        hasEvaluations = !evaluations.isEmpty
        agrees = explanation.evaluation.map {
            $0.matches ? "Re-evaluated: same result" : "Re-evaluated: different result"
        }
        agreesText = explanation.evaluation.map {
            $0.matches
                ? "The policies and counters behind this decision are stored. Evaluated again just now, they give the same result."
                : "The policies and counters behind this decision are stored. Evaluated again just now, they give a different result: tell the server's operator."
        }
        agreesTone = explanation.evaluation?.matches == false ? "bad" : "good"
        token = authorization.claims.map { claims in
            TokenView(claims, issued.token, authorization, signedBy: keys.first { $0.kid == claims.kid })
        }
        facts =
            [
                Fact("Identifier", id),
                Fact(
                    "Agent", agent.isEmpty ? authorization.agentID.text : agent,
                    href: "/agents/\(authorization.agentID.text)"),
                authorization.note.map { Fact("For", $0.text) },
                Fact("Requested", MoneyText.text(money)),
                authorization.confirmedAmount.map { Fact("Confirmed", MoneyText.text($0, money.currency)) },
                Fact("Environment", authorization.environment.rawValue),
            ].compactMap { $0 }
        merchantFacts = authorization.merchant.facts
        hasMerchant = !merchantFacts.isEmpty
        events = Self.events(authorization)
        metadata = authorization.metadata.facts
        hasMetadata = !metadata.isEmpty
    }

    private static func decision(_ authorization: Authorization) -> String {
        switch authorization.status {
        case .pending:
            "approved, can be confirmed until \(TimeText.minute(authorization.holdExpiresAt ?? authorization.expiresAt))"
        case .confirmed: authorization.late ? "confirmed after its reservation had expired" : "the charge is final"
        case .voided: "nothing was charged; the reservation was released"
        case .expired: "not confirmed in time; the reservation was released"
        case .denied: "nothing was reserved"
        case .held: "expires \(TimeText.minute(authorization.expiresAt))"
        }
    }

    private static func events(_ authorization: Authorization) -> [Event] {
        var events = [Event("Requested", authorization.createdAt)]
        if let approval = authorization.approval {
            events.append(Event(approval.approved ? "Approved by a person" : "Rejected by a person", approval.at))
        }
        if let at = authorization.authorizedAt { events.append(Event("Budget reserved", at)) }
        if let at = authorization.resolvedAt, authorization.approval == nil || authorization.status != .denied {
            events.append(Event(authorization.status.word, at))
        }
        return events
    }
}

/// One time that the policies were asked: a line for each limit.
struct EvaluationView {
    struct Line {
        let linePolicyID: String?
        let linePolicy: String
        let lineVersion: String
        let lineShadow: Bool
        let lineSaid: String?
        let lineTone: String
        let lineLimit: String
        let lineBefore: String
        let lineAsked: String
        let lineMost: String
        /// A class of the style sheet.
        let lineOver: String
    }

    let evaluationText: String
    let evaluationLabel: String
    let lines: [Line]

    init(_ evaluation: Evaluation, _ money: Money, isFirst: Bool) {
        let state = evaluation.agentStatus == .active ? "active" : "suspended"
        let person = evaluation.isApproved ? ", after approval" : ""
        evaluationText =
            "\(isFirst ? "Evaluated" : "Evaluated again") \(TimeText.second(evaluation.at)), with the agent \(state)\(person). "
            + "Amounts in \(money.currency.text)."
        evaluationLabel = isFirst ? "Policies and limits" : "Policies and limits, evaluated again"
        lines = evaluation.policies.flatMap { policy -> [Line] in
            guard !policy.limits.isEmpty else { return [Line(policy, nil, money, isFirst: true)] }
            return policy.limits.enumerated().map { Line(policy, $1, money, isFirst: $0 == 0) }
        }
    }
}

extension EvaluationView.Line {
    init(_ policy: ExplainedPolicy, _ limit: ExplainedLimit?, _ money: Money, isFirst: Bool) {
        func figure(_ value: Int64) -> String {
            limit?.unit == .count ? MoneyText.count(value) : MoneyText.figure(value, money.currency)
        }
        linePolicyID = isFirst ? policy.id.text : nil
        linePolicy = policy.name.text
        lineVersion = "\(policy.version)"
        lineShadow = policy.mode == .shadow
        lineSaid = isFirst ? (policy.effect == .allow ? "Allows" : "Denies") : nil
        lineTone = policy.effect == .allow ? "good" : "bad"
        lineLimit = limit.map { "\($0.interval.title)\($0.unit == .count ? ", count" : "")" } ?? "no limit"
        lineBefore = limit.map { $0.interval == .perAuthorization ? "–" : figure($0.before) } ?? ""
        lineAsked = limit.map { figure($0.requested) } ?? ""
        lineMost = limit.map { figure($0.limit) } ?? ""
        lineOver = limit?.isExceeded == true ? "bad" : ""
    }
}

/// A token, decoded.
struct TokenView {
    let tokenTitle: String
    let tokenState: String
    let tokenHeader: String
    let tokenClaims: String
    let tokenText: String?
    /// It could be charged, and is for others to see.
    let isTokenKept: Bool

    /// `key` is nil where it is destroyed.
    init(
        _ claims: SignedClaims, _ token: String?, _ authorization: Authorization, signedBy key: SigningKeyInfo?
    ) {
        tokenTitle = claims.typ == .authorization ? "Token" : "Signed denial"
        tokenState =
            claims.typ == .denial
            ? "no processor accepts it as an approval" : "valid until \(TimeText.minute(authorization.expiresAt))"
        let header = token.flatMap { token in
            Base64URL.text(of: token.prefix { $0 != "." })
        }
        tokenHeader = JSONIndent.text(
            header
                ?? JSONWriter.text { json in
                    json.object { json in
                        if let key { json.member("alg", key.algorithm.rawValue) }
                        json.member("kid", claims.kid)
                        json.member("typ", claims.typ.rawValue)
                    }
                })
        tokenClaims = JSONIndent.text(claims.payload)
        tokenText = token
        isTokenKept = token == nil && authorization.status == .pending
    }
}
