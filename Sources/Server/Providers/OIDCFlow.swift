import Issuer

/// A sign-in that was begun: what its answer must fit.
struct OIDCFlow: Sendable {
    /// How long the provider, and the person there, have.
    static let seconds: Int64 = 600

    /// In the ID token, which is thereby of this sign-in.
    let nonce: String
    /// PKCE (RFC 7636): who steals the code cannot use it.
    let codeVerifier: String
    let redirectURL: String
    /// Where to go afterwards: checked.
    let next: String
    let invitation: InvitationToken?

    /// BASE64URL(SHA256(verifier)).
    var codeChallenge: String { Base64.encodeURL(Digest.sha256(codeVerifier.utf8)) }
}

/// Somebody whom the provider has signed in, and who was not asked yet whether to join.
struct OIDCJoin: Sendable {
    let identity: ProviderIdentity
    let invitation: InvitationToken
    let next: String
}
