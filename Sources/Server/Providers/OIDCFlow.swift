import Issuer

/// A sign-in that was begun: what its answer must fit.
struct OIDCFlow: Sendable {
    /// What is done with whom the provider signs in.
    enum Purpose: Sendable {
        /// They are signed in here; by the invitation, where there is one.
        case signIn(InvitationToken?)
        /// They are linked to the account of whoever is signed in, in this session.
        case link(SessionID)
    }

    /// How long the provider, and the person there, have.
    static let seconds: Int64 = 600

    /// In the ID token, which is thereby of this sign-in.
    let nonce: String
    /// PKCE (RFC 7636): who steals the code cannot use it.
    let codeVerifier: String
    let redirectURL: String
    /// Where to go afterwards: checked.
    let next: String
    let purpose: Purpose

    /// BASE64URL(SHA256(verifier)).
    var codeChallenge: String { Base64URL.encode(Digest.sha256(codeVerifier.utf8)) }
}

/// Somebody whom the provider has signed in, and who was not asked yet whether to join.
struct OIDCJoin: Sendable {
    let identity: ProviderIdentity
    let invitation: InvitationToken
    let next: String
}
