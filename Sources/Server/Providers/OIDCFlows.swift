import Issuer
import Synchronization

/// A sign-in that was begun: what its answer must fit. Kept here, not in the browser, so that it is good once.
struct OIDCFlow: Sendable {
    /// What is done with whom the provider signs in.
    enum Purpose: Sendable {
        /// They are signed in here; by the invitation, where there is one.
        case signIn(InvitationToken?)
        /// They are linked to the account of whoever is signed in, in this session.
        case link(SessionID)
    }

    /// In the ID token, which is thereby of this sign-in.
    let nonce: String
    /// PKCE (RFC 7636): who steals the code cannot use it.
    let codeVerifier: String
    let redirectURL: String
    /// Where to go afterwards: checked.
    let next: String
    let purpose: Purpose
    /// SHA-256 of the browser's cookie: the answer is taken from no other browser.
    fileprivate let binding: [UInt8]
    fileprivate let expiresAt: Instant

    /// BASE64URL(SHA256(verifier)).
    var codeChallenge: String { Base64URL.encode(Digest.sha256(codeVerifier.utf8)) }
}

/// Sign-ins under way, of which there are at most ten thousand, for ten minutes each. Any thread.
final class OIDCFlows: Sendable {
    static let seconds: Int64 = 600

    private let flows = Mutex(RecentCache<String, OIDCFlow>(capacity: 10_000))

    struct Begun {
        let state: String
        /// For the browser's cookie.
        let binding: String
        let flow: OIDCFlow
    }

    func begin(redirectURL: String, next: String, purpose: OIDCFlow.Purpose, at now: Instant) throws -> Begun {
        let (state, binding) = (try RandomSecret.text(), try RandomSecret.text())
        let flow = OIDCFlow(
            nonce: try RandomSecret.text(), codeVerifier: try RandomSecret.text(), redirectURL: redirectURL, next: next,
            purpose: purpose, binding: Digest.sha256(binding.utf8), expiresAt: now.adding(seconds: Self.seconds))
        flows.withLock { _ = $0.insert(flow, for: state) }
        return Begun(state: state, binding: binding, flow: flow)
    }

    /// The sign-in of that state, once, and in the browser that began it alone.
    func take(_ state: String, binding: String?, at now: Instant) -> OIDCFlow? {
        flows.withLock { flows in
            guard let flow = flows.value(for: state), let binding, Digest.sha256(binding.utf8) == flow.binding else {
                return nil
            }
            flows.remove(state)
            return now < flow.expiresAt ? flow : nil
        }
    }
}
