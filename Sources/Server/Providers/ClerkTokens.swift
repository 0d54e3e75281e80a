import Issuer
import Verifier

/// Reads Clerk's session tokens, of version 1 (`org_id`, `org_role`) and of version 2 (`o`).
///
/// https://clerk.com/docs/backend-requests/resources/session-tokens
struct ClerkTokens: Sendable {
    let settings: ClerkSettings
    let keys: ProviderKeys
    /// The dashboard's own origins.
    let sites: Sites

    /// Who bears the token, and of which company they are. `clock` is read once the keys are there.
    func identity(in token: String, clock: WallClock) async throws(ProviderFailure) -> ProviderIdentity {
        let claims = try ProviderClaims(payload: try await keys.payload(of: token))
        try claims.check(issuer: settings.issuer)
        try claims.checkLifetime(at: clock.now())
        try checkKind(token, claims)
        try checkParty(claims)
        // A session that Clerk still wants something of, such as a second factor, is none yet.
        guard try claims.text("sts") != "pending" else {
            throw .token("the session is pending: there is something left to do at the sign-in")
        }
        let subject = try claims.subject()
        let label = try claims.first(of: "email", "name") ?? subject
        guard let company = try company(claims) else {
            // Somebody without an organization is a company of their own.
            return ProviderIdentity(
                provider: settings.issuer, subject: subject, label: label,
                company: .init(subject: "user:\(subject)", name: label, role: .owner))
        }
        return ProviderIdentity(provider: settings.issuer, subject: subject, label: label, company: company)
    }

    private func company(_ claims: ProviderClaims) throws(ProviderFailure) -> ProviderIdentity.Company? {
        if let object = claims.object("o") {
            guard let id = try ProviderClaims.text(object["id"], "o.id") else {
                throw .token("the token's o has no id")
            }
            let role = try ProviderClaims.text(object["rol"], "o.rol")
            let name = try ProviderClaims.text(object["slg"], "o.slg")
            return .init(subject: "org:\(id)", name: name ?? id, role: Self.role(role))
        }
        guard let id = try claims.text("org_id") else { return nil }
        return .init(
            subject: "org:\(id)", name: try claims.first(of: "org_slug") ?? id,
            role: Self.role(try claims.text("org_role")))
    }

    /// Clerk's own roles are admin and member (once basic_member); others are an operator's, by the names that roles have
    /// here. One that is not known looks, and does nothing.
    static func role(_ text: String?) -> Role {
        switch text.map({ $0.hasPrefix("org:") ? String($0.dropFirst(4)) : $0 }) {
        case "admin", "owner": .owner
        case "manager": .admin
        case "approver": .approver
        default: .viewer
        }
    }

    /// Clerk signs other tokens with the same key, under the same `iss`: access tokens and ID tokens of the applications
    /// that sign in with it, and tokens that are made for other services. Whoever is handed one of those must be nobody here
    /// (RFC 8725 sections 3.11 and 3.12). A session's token is a JWT by its header, names its session (`sid`), and
    /// neither an audience nor a client.
    private func checkKind(_ token: String, _ claims: ProviderClaims) throws(ProviderFailure) {
        let header = Base64URL.decode(anyAlphabet: token.prefix { $0 != "." }) ?? []
        guard try ProviderClaims(payload: header).text("typ").map({ $0.uppercased() == "JWT" }) ?? true else {
            throw .token("the token's typ is no session token's")
        }
        for name: StaticString in ["aud", "client_id", "scope", "scp", "nonce", "at_hash"] where claims.has(name) {
            throw .token("the token has \(name): it is no session's, but was made for another service")
        }
        // A plain provider's tokens may name no session. What Clerk makes by a template for other services always has a jti.
        let isNamed = try claims.text("sid") != nil
        guard isNamed || (settings.publishableKey == nil && !claims.has("jti")) else {
            throw .token("the token has no sid: it is no session's")
        }
    }

    /// `azp` is the origin of the page that got the token: one that we do not know may be somebody's who has lured a
    /// person of ours there. It is absent where no page got it.
    private func checkParty(_ claims: ProviderClaims) throws(ProviderFailure) {
        guard let party = try claims.text("azp") else {
            guard settings.authorizedParties.isEmpty else { throw .token("the token has no azp") }
            return
        }
        guard settings.authorizedParties.contains(party) || sites.isOwn(origin: party) else {
            throw .token("the token's azp is a party that is not among CLERK_AUTHORIZED_PARTIES")
        }
    }
}
