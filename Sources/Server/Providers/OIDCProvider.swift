import Issuer
import Synchronization
import Verifier

/// Signs people in by an OpenID Connect provider: authorization code flow with PKCE (OpenID Connect Core section 3.1).
final class OIDCProvider: Sendable {
    private static let metadataSeconds: Int64 = 3600
    private static let failureSeconds: Int64 = 3

    private struct Known: Sendable {
        let metadata: OIDCMetadata
        let keys: ProviderKeys
        let readAt: Instant
    }

    private struct State {
        var known: Known?
        var failure: (why: any Error, at: WallInstant)?
        var underWay: Task<Result<Known, any Error>, Never>?
    }

    private enum Reading {
        case done(Known)
        case failed(any Error)
        case underWay(Task<Result<Known, any Error>, Never>)
    }

    let settings: OIDCSettings
    private let http: ProviderHTTP
    private let clock: WallClock
    private let uptime: @Sendable () -> Int64
    private let flows = OneTimeSteps<OIDCFlow>()
    private let joins = OneTimeSteps<OIDCJoin>()
    private let state = Mutex(State())

    init(
        _ settings: OIDCSettings, http: ProviderHTTP, clock: WallClock, uptime: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        self.http = http
        self.clock = clock
        self.uptime = uptime
    }

    /// Where the browser is sent, and what its cookie has to be when it comes back.
    func begin(
        redirectURL: String, next: String, purpose: OIDCFlow.Purpose
    ) async throws -> (url: String, binding: String) {
        let metadata = try await provider().metadata
        let flow = OIDCFlow(
            nonce: try RandomSecret.text(), codeVerifier: try RandomSecret.text(), redirectURL: redirectURL, next: next,
            purpose: purpose)
        let begun = try flows.begin(flow, seconds: OIDCFlow.seconds, at: clock.now())
        let parameters = [
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", redirectURL),
            ("scope", "openid profile email"), ("state", begun.ticket), ("nonce", flow.nonce),
            ("code_challenge", flow.codeChallenge), ("code_challenge_method", "S256"),
        ]
        let query = parameters.map { PercentEncoding.encoded($0) + "=" + PercentEncoding.encoded($1) }
        let separator = metadata.authorizationEndpoint.contains("?") ? "&" : "?"
        return (metadata.authorizationEndpoint + separator + query.joined(separator: "&"), begun.binding)
    }

    /// The sign-in that an answer belongs to. Throws where it is none of this browser's, or another provider's (RFC 9207).
    func flow(state: String?, iss: String?, binding: String?) async throws -> OIDCFlow {
        guard let state, let flow = flows.take(state, binding: binding, at: clock.now()) else {
            throw ProviderFailure.token("this sign-in was not begun in this browser, or took longer than ten minutes")
        }
        let namesItself = try await provider().metadata.namesItself
        guard iss == settings.issuer || (iss == nil && !namesItself) else {
            throw ProviderFailure.token("the answer is another provider's")
        }
        return flow
    }

    /// Keeps who was signed in until they say that they join. Gives what the form bears, and the browser's cookie.
    func keep(_ join: OIDCJoin) throws -> (ticket: String, binding: String) {
        let begun = try joins.begin(join, seconds: OIDCFlow.seconds, at: clock.now())
        return (begun.ticket, begun.binding)
    }

    /// Who was kept under that ticket, once, and in the browser that they were signed in in alone.
    func join(_ ticket: String, binding: String?) -> OIDCJoin? {
        joins.take(ticket, binding: binding, at: clock.now())
    }

    /// Whom the provider has signed in, by the code that it gave.
    func identity(code: String, _ flow: OIDCFlow) async throws -> ProviderIdentity {
        let provider = try await provider()
        let tokens = try await tokens(code, flow, provider.metadata)
        let claims = try ProviderClaims(payload: try await provider.keys.payload(of: tokens.id))
        try claims.check(issuer: settings.issuer)
        try claims.check(client: settings.clientID)
        try claims.checkLifetime(at: clock.now())
        guard try claims.text("nonce") == flow.nonce else {
            throw ProviderFailure.token("the ID token is of another sign-in")
        }
        let subject = try claims.subject()
        var label = try label(claims)
        if label == nil { label = await userinfo(of: subject, tokens, provider.metadata) }
        return ProviderIdentity(provider: settings.issuer, subject: subject, label: label ?? subject)
    }

    /// What others see of somebody.
    private func label(_ claims: ProviderClaims) throws(ProviderFailure) -> String? {
        try claims.first(of: "email", "preferred_username", "name")
    }

    /// The same from where providers say it that keep ID tokens short (OpenID Connect Core section 5.3). It decides nothing,
    /// so nothing fails for want of it; and it counts for the ID token's subject alone.
    private func userinfo(of subject: String, _ tokens: Tokens, _ metadata: OIDCMetadata) async -> String? {
        guard let endpoint = metadata.userinfoEndpoint, let access = tokens.access,
            let answer = try? await http.get(endpoint, authorization: "Bearer \(access)"), answer.status == 200,
            let claims = try? ProviderClaims(payload: answer.body), (try? claims.subject()) == subject
        else { return nil }
        return try? label(claims)
    }

    private struct Tokens {
        let id: String
        let access: String?
    }

    /// Trades the code for tokens (RFC 6749 section 4.1.3).
    private func tokens(
        _ code: String, _ flow: OIDCFlow, _ metadata: OIDCMetadata
    ) async throws -> Tokens {
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", flow.redirectURL),
            ("code_verifier", flow.codeVerifier),
        ]
        var authorization: String?
        if let secret = settings.clientSecret, !metadata.takesSecretInForm {
            // RFC 6749 section 2.3.1: both are form-encoded first.
            let pair = PercentEncoding.encoded(settings.clientID) + ":" + PercentEncoding.encoded(secret)
            authorization = "Basic " + Base64.encode(pair)
        } else {
            form.append(("client_id", settings.clientID))
            if let secret = settings.clientSecret { form.append(("client_secret", secret)) }
        }
        let answer = try await http.post(metadata.tokenEndpoint, form: form, authorization: authorization)
        guard answer.status == 200 else {
            // What a 4xx says is a provider's word to an operator; it holds no secret of ours, but is not ours to repeat.
            throw answer.status < 500
                ? ProviderFailure.token(
                    "the provider did not take the code, status \(answer.status): it is used up, or the client's secret is wrong"
                )
                : .unavailable("its token endpoint answers with status \(answer.status)")
        }
        let root = try JSONValue.object(
            answer.body, else: .unavailable("its token endpoint's answer is no strict JSON object"))
        guard let token = root["id_token"]?.string else { throw ProviderFailure.token("the provider gave no ID token") }
        let access = root["access_token"]?.string.flatMap { text in
            (1...8192).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
        return Tokens(id: token, access: access)
    }

    /// What the provider says of itself, read once an hour; by one request for all that ask at the time, and after a
    /// failure not again for some seconds: whoever reloads the sign-in makes no work for a provider in trouble.
    private func provider() async throws -> Known {
        let now = clock.now()
        let reading = state.withLock { state -> Reading in
            if let known = state.known, Self.holds(known.readAt, Self.metadataSeconds, at: now) { return .done(known) }
            if let failure = state.failure, Self.holds(failure.at, Self.failureSeconds, at: now) {
                return .failed(failure.why)
            }
            if let underWay = state.underWay { return .underWay(underWay) }
            let before = state.known
            let started = Task { [self] in await read(after: before, at: now) }
            state.underWay = started
            return .underWay(started)
        }
        switch reading {
        case .done(let known): return known
        case .failed(let failure): throw failure
        case .underWay(let task): return try await task.value.get()
        }
    }

    private static func holds(_ since: WallInstant, _ seconds: Int64, at now: WallInstant) -> Bool {
        since <= now && now < since.adding(seconds: seconds)
    }

    private func read(after before: Known?, at now: WallInstant) async -> Result<Known, any Error> {
        let result: Result<Known, any Error>
        do {
            result = .success(try await fetch(after: before, at: now))
        } catch {
            result = .failure(error)
        }
        state.withLock { state in
            state.underWay = nil
            switch result {
            case .success(let known): (state.known, state.failure) = (known, nil)
            case .failure(let failure): state.failure = (failure, clock.now())
            }
        }
        return result
    }

    private func fetch(after before: Known?, at now: WallInstant) async throws -> Known {
        let answer = try await http.get(OIDCMetadata.url(of: settings.issuer))
        guard answer.status == 200 else {
            throw ProviderFailure.unavailable("it does not say where it is: status \(answer.status)")
        }
        let metadata = try OIDCMetadata(answer.body, issuer: settings.issuer)
        if let before, before.metadata.jwksURL == metadata.jwksURL, before.metadata.algorithms == metadata.algorithms {
            return Known(metadata: metadata, keys: before.keys, readAt: now)
        }
        do {
            let keys = try ProviderKeys(
                algorithms: metadata.algorithms, url: metadata.jwksURL, http: http, clock: clock, uptime: uptime)
            return Known(metadata: metadata, keys: keys, readAt: now)
        } catch {
            throw ProviderFailure.unavailable("its keys cannot be kept: \(error)")
        }
    }
}
