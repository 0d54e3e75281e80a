/// The OpenID Connect provider that signs people in to the dashboard.
struct OIDCSettings: Sendable, Equatable {
    /// To the letter what its ID tokens say in `iss`.
    var issuer: String
    var clientID: String
    /// Nil for a public client, which PKCE alone protects.
    var clientSecret: String?

    /// What people see: the provider's host.
    var name: String {
        let rest = issuer.split(separator: "/").dropFirst().first ?? ""
        return String(rest)
    }
}
