import Issuer
import Verifier

/// Reads Clerk's session tokens, of version 1 (`org_id`, `org_role`) and of version 2 (`o`), and no other token of the
/// same keys and issuer.
///
/// https://clerk.com/docs/backend-requests/resources/session-tokens
struct ClerkTokens: Sendable {
    let settings: ClerkSettings
    let keys: ProviderKeys
    /// The dashboard's own origins.
    let sites: Sites

    /// Who bears the token, and of which company they are. `clock` is read once the keys are there. `fromPage`: a page of
    /// ours has just got it from Clerk, so it says which session and which page.
    func identity(
        in token: String, clock: WallClock, fromPage: Bool = false
    ) async throws -> ProviderIdentity {
        let claims = try ProviderClaims(payload: try await keys.payload(of: token))
        try claims.check(issuer: settings.issuer)
        try claims.checkLifetime(at: clock.now())
        try checkKind(claims, type: ProviderKeys.type(of: token), fromPage: fromPage)
        try checkParty(claims, fromPage: fromPage)
        // A session that Clerk still wants something of, such as a second factor, is none yet.
        guard try claims.text("sts") != "pending" else {
            throw ProviderFailure.token("the session is pending: there is something left to do at the sign-in")
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

    /// RFC 8725 sections 3.9, 3.11 and 3.12: Clerk signs with the same keys, under the same `iss`, access tokens and ID
    /// tokens for other people's applications, and what a JWT template makes for another service. Whoever gets one of
    /// those is not the person.
    private func checkKind(_ claims: ProviderClaims, type: String?, fromPage: Bool) throws(ProviderFailure) {
        guard type.map({ $0.lowercased() == "jwt" }) ?? true else {
            throw .token("the token's typ is that of no session token")
        }
        for name: StaticString in ["client_id", "scope", "scp", "scopes"] where claims.has(name) {
            throw .token("the token is an application's, not a session's: it has \(name)")
        }
        guard settings.audiences.isEmpty else {
            guard try claims.audiences().contains(where: settings.audiences.contains) else {
                throw .token("the token's aud is none of CLERK_AUDIENCE")
            }
            return
        }
        guard !claims.has("aud") else {
            throw .token("the token is for another service: it has an aud, and CLERK_AUDIENCE names none")
        }
        // Every session token has a sid. What a template makes has a jti in its place.
        guard try claims.text("sid") != nil || !(fromPage || claims.has("jti")) else {
            throw .token("the token is of no session: it has no sid")
        }
    }

    /// `azp` is the origin of the page that got the token: one that we do not know may be somebody's who has lured a
    /// person of ours there. It is absent where no page got it.
    private func checkParty(_ claims: ProviderClaims, fromPage: Bool) throws(ProviderFailure) {
        guard let party = try claims.text("azp") else {
            guard settings.authorizedParties.isEmpty, !fromPage else { throw .token("the token has no azp") }
            return
        }
        guard settings.authorizedParties.contains(party) || sites.isOwn(origin: party) else {
            throw .token("the token's azp is a party that is not among CLERK_AUTHORIZED_PARTIES")
        }
    }
}
