import Issuer
import Logging
import NIOCore

/// What an operator decides, read once at the start from the environment or a `.env` file.
struct Configuration: Sendable {
    var host = "127.0.0.1"
    /// 0 takes any free port.
    var port = 8080
    var dataFolder = "./data"
    var store = StoreSource.sqlite
    var masterKey = MasterKeySource.dataFolder
    var issuer = IssuerSettings(issuerURL: "http://localhost:8080")
    var logLevel = Logger.Level.info
    /// How long it goes on serving after it was told to stop.
    var drainSeconds: Int64 = 0
    var limits = ConnectionLimits()
    var rates = RateSettings()
    /// Where issuers share those. Nil: each counts for itself.
    var redis: RedisURL?
    var proxies = TrustedProxies.none
    var metrics = MetricsAccess(token: nil)
    /// Where Swagger UI's files are. Nil: beside the program.
    var swaggerUIFolder: String?
    var dashboard = DashboardSettings()
    /// The settings there are.
    private(set) var knownNames: [String] = []
    /// What is set under a name like theirs and is none of them.
    private(set) var unknownNames: [String] = []

    enum MasterKeySource: Sendable {
        /// Made once and kept there.
        case dataFolder
        case file(String)
        case given(MasterKey)
    }
}

/// A variable whose value cannot be used. One line, which never shows the value: it may be a secret.
struct ConfigurationError: Error, CustomStringConvertible {
    let variable: String
    let expected: String
    let shape: String

    var description: String { "\(variable): expected \(expected); got \(shape)" }
}

extension Configuration {
    init(_ variables: Variables) throws(ConfigurationError) {
        self.init()
        try variables.read("PAITIFY_HOST", "a host name or an address", &host) {
            $0.contains(where: \.isWhitespace) ? nil : $0
        }
        try variables.readInteger("PAITIFY_PORT", 0...65_535, &port)
        try variables.read("PAITIFY_DATA_DIR", "a folder's path", &dataFolder) { $0 }
        try variables.read(
            "PAITIFY_ISSUER", "an http or https URL without query and fragment, such as https://pay.example.com",
            &issuer.issuerURL, Self.issuerURL)
        try readStore(variables)
        try variables.read(
            "PAITIFY_SIGNING_ALGORITHM",
            "one of \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))", &issuer.signingAlgorithm,
            SignatureAlgorithm.init(rawValue:))
        try variables.read("PAITIFY_SWAGGER_UI_DIR", "a folder's path", &swaggerUIFolder) { $0 }
        try readMasterKey(variables)
        try checkMasterKeyIsShared()
        let keyForm =
            "\(OperatorKey.charactersMin) to 200 visible ASCII characters that do not begin with \"ag_\" (openssl rand -hex 32)"
        try variables.read("PAITIFY_OPERATOR_KEY", keyForm, &issuer.operatorKey, OperatorKey.init)
        var metricsToken: OperatorKey?
        try variables.read("PAITIFY_METRICS_TOKEN", keyForm, &metricsToken, OperatorKey.init)
        metrics = MetricsAccess(token: metricsToken)
        try readDurations(variables)
        try variables.readInteger("PAITIFY_BCRYPT_COST", 4...16, &issuer.bcryptCost)
        try variables.read(
            "LOG_LEVEL", "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))", &logLevel
        ) { Logger.Level(rawValue: $0.lowercased()) }
        try readLimits(variables)
        try readRates(variables)
        try readAccounts(variables)
        knownNames = variables.asked.sorted()
        unknownNames = variables.names.filter { $0.hasPrefix("PAITIFY_") && !variables.asked.contains($0) }
    }

    private mutating func readMasterKey(_ variables: Variables) throws(ConfigurationError) {
        try variables.read("PAITIFY_MASTER_KEY_FILE", "a file's path", &masterKey) { .file($0) }
        guard let text = variables["PAITIFY_MASTER_KEY"] else { return }
        if case .file = masterKey {
            throw variables.error("PAITIFY_MASTER_KEY", "to be unset, as PAITIFY_MASTER_KEY_FILE is set")
        }
        do {
            masterKey = .given(try MasterKey(text: text))
        } catch {
            throw variables.error(
                "PAITIFY_MASTER_KEY", "32 random bytes as 64 hexadecimal digits or base64 (openssl rand -hex 32)")
        }
    }

    private mutating func readDurations(_ variables: Variables) throws(ConfigurationError) {
        let day: Int64 = 86_400
        try variables.readSeconds(
            "PAITIFY_TOKEN_TTL", AuthorizationRequest.lifetimeSecondsRange, &issuer.tokenLifetimeSeconds)
        try variables.readSeconds("PAITIFY_CONFIRM_GRACE", 0...30 * day, &issuer.confirmGraceSeconds)
        try variables.readSeconds("PAITIFY_APPROVAL_TTL", 1...30 * day, &issuer.approvalLifetimeSeconds)
        try variables.readSeconds("PAITIFY_KEY_ROTATION", 3600...3650 * day, &issuer.keyRotationSeconds)
        try variables.readSeconds("PAITIFY_DRAIN", 0...600, &drainSeconds)
    }

    private mutating func readLimits(_ variables: Variables) throws(ConfigurationError) {
        try variables.readInteger("PAITIFY_HEADER_BYTES_MAX", 1024...1 << 20, &limits.headerBytesMax)
        try variables.readInteger("PAITIFY_HEADER_FIELDS_MAX", 8...1000, &limits.headerFieldsMax)
        try variables.readInteger("PAITIFY_BODY_BYTES_MAX", 1024...16 << 20, &limits.bodyBytesMax)
        try variables.readInteger("PAITIFY_CONNECTIONS_MAX", 1...1_000_000, &limits.connectionsMax)
        try variables.readTime("PAITIFY_HEADER_TIMEOUT", &limits.headerTimeout)
        try variables.readTime("PAITIFY_BODY_TIMEOUT", &limits.bodyTimeout)
        try variables.readTime("PAITIFY_REQUEST_TIMEOUT", &limits.requestTimeout)
        try variables.readTime("PAITIFY_IDLE_TIMEOUT", &limits.idleTimeout)
    }

    private mutating func readRates(_ variables: Variables) throws(ConfigurationError) {
        let range = 0...1_000_000
        try variables.readInteger("PAITIFY_RATE_LIMIT", range, &rates.perKey)
        var perCompany = rates.perCompany ?? 10 * rates.perKey
        try variables.readInteger("PAITIFY_COMPANY_RATE_LIMIT", range, &perCompany)
        rates.perCompany = perCompany
        try variables.readInteger("PAITIFY_REFUSAL_RATE_LIMIT", range, &rates.refusalsPerAddress)
        if let text = variables["PAITIFY_REDIS_URL"] {
            do {
                redis = try RedisURL(text)
            } catch {
                throw variables.error("PAITIFY_REDIS_URL", error.rawValue)
            }
        }
        try variables.read(
            "PAITIFY_TRUSTED_PROXY", "IP addresses with commas between, such as 127.0.0.1", &proxies,
            TrustedProxies.init)
    }

    /// Clerk's variables, also under the names that its front ends read.
    private mutating func readClerk(_ variables: Variables) throws(ConfigurationError) {
        func read(_ name: String, _ expected: String, _ isGood: (String) -> Bool) throws(ConfigurationError) -> String?
        {
            for name in [name, "NEXT_PUBLIC_\(name)"] {
                guard let text = variables[name] else { continue }
                guard isGood(text) else { throw variables.error(name, expected) }
                return text
            }
            return nil
        }
        let url = "an https URL, such as https://clerk.example.com"
        let issuer = try read("CLERK_ISSUER_URI", url, ProviderHTTP.isAllowed)
        let keys = try read("CLERK_JWKS_URI", url, ProviderHTTP.isAllowed)
        let key = try read("CLERK_PUBLISHABLE_KEY", "pk_test_… or pk_live_…, as Clerk's API keys page has it") {
            ClerkSettings.PublishableKey($0) != nil
        }
        // Nothing here calls Clerk on its own behalf.
        _ = variables["CLERK_SECRET_KEY"]
        guard let issuer else {
            for name in ["CLERK_JWKS_URI", "CLERK_PUBLISHABLE_KEY"] where (name == "CLERK_JWKS_URI" ? keys : key) != nil
            {
                throw ConfigurationError(
                    variable: "CLERK_ISSUER_URI", expected: "\(url), as \(name) is set", shape: "nothing")
            }
            return
        }
        var clerk = ClerkSettings(
            issuer: issuer, jwksURL: keys ?? (issuer.hasSuffix("/") ? issuer : issuer + "/") + ".well-known/jwks.json")
        clerk.publishableKey = key.flatMap(ClerkSettings.PublishableKey.init)
        let page = "a path of the dashboard, such as /overview"
        func isPath(_ text: String) -> Bool {
            text.hasPrefix("/") && !text.hasPrefix("//") && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
                && !text.contains("\\")
        }
        func isPathOrURL(_ text: String) -> Bool { isPath(text) || ProviderHTTP.isAllowed(text) }
        clerk.signInURL = try read("CLERK_SIGN_IN_URL", "\(page), or an https URL", isPathOrURL) ?? clerk.signInURL
        clerk.signUpURL = try read("CLERK_SIGN_UP_URL", "\(page), or an https URL", isPathOrURL) ?? clerk.signUpURL
        clerk.afterSignInURL = try read("CLERK_AFTER_SIGN_IN_URL", page, isPath) ?? clerk.afterSignInURL
        clerk.afterSignUpURL = try read("CLERK_AFTER_SIGN_UP_URL", page, isPath) ?? clerk.afterSignUpURL
        let parties = try read(
            "CLERK_AUTHORIZED_PARTIES",
            "origins as browsers send them, with commas between, such as https://app.example.com: no slash at the end"
        ) {
            // azp is compared to the letter: what no browser sends would be nobody's.
            $0.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { party in
                ProviderHTTP.isAllowed(String(party)) && !party.contains("?")
                    && Sites(publicURL: String(party), listeningOn: "").publicSite.origin == party
            }
        }
        clerk.authorizedParties = (parties ?? "").split(separator: ",").map(String.init)
        let audiences = try read("CLERK_AUDIENCE", "what aud may say, with commas between") { !$0.contains(" ") }
        clerk.audiences = (audiences ?? "").split(separator: ",").map(String.init)
        dashboard.clerk = clerk
    }

    private mutating func readOIDC(_ variables: Variables) throws(ConfigurationError) {
        var (issuer, clientID): (String?, String?) = (nil, nil)
        try variables.read("PAITIFY_OIDC_ISSUER", "an https URL, to the letter the provider's iss", &issuer) {
            ProviderHTTP.isAllowed($0) && !$0.contains("?") ? $0 : nil
        }
        try variables.read("PAITIFY_OIDC_CLIENT_ID", "what the provider calls this client", &clientID) { $0 }
        let secret = variables["PAITIFY_OIDC_CLIENT_SECRET"]
        switch (issuer, clientID) {
        case (let issuer?, let clientID?):
            dashboard.oidc = OIDCSettings(issuer: issuer, clientID: clientID, clientSecret: secret)
        case (nil, nil) where secret == nil: break
        case (nil, _):
            throw variables.error("PAITIFY_OIDC_ISSUER", "a URL, as another PAITIFY_OIDC_ variable is set")
        case (_, nil):
            throw variables.error("PAITIFY_OIDC_CLIENT_ID", "an identifier, as PAITIFY_OIDC_ISSUER is set")
        }
    }

    private mutating func readAccounts(_ variables: Variables) throws(ConfigurationError) {
        // Whoever can reach a public address could open a company there; and loopback is where a proxy finds us.
        dashboard.signUp = ["127.0.0.1", "::1", "localhost"].contains(host) ? .local : .closed
        try variables.read("PAITIFY_SIGNUP", "open, provider or closed", &dashboard.signUp) { text in
            ["open": .open, "provider": .provider, "closed": .closed][text]
        }
        try variables.read(
            "PAITIFY_DASHBOARD_URL", "an http or https URL without path, such as https://pay.example.com",
            &dashboard.publicURL
        ) { text in
            Self.issuerURL(text).flatMap { $0.split(separator: "/").count == 2 ? $0 : nil }
        }
        try readClerk(variables)
        try readOIDC(variables)
        try readPasswords(variables)
        try variables.readInteger("PAITIFY_PASSWORD_CHARACTERS_MIN", 8...64, &issuer.passwordCharactersMin)
        try variables.readSeconds("PAITIFY_SESSION_IDLE", 300...30 * 86_400, &issuer.sessionIdleSeconds)
        try variables.readSeconds("PAITIFY_SESSION_TTL", 300...30 * 86_400, &issuer.sessionLifetimeSeconds)
    }

    /// Where Clerk's sign-in stands in for the local one, passwords would be a way around it.
    private mutating func readPasswords(_ variables: Variables) throws(ConfigurationError) {
        let isClerk = dashboard.clerk?.publishableKey != nil
        dashboard.takesPasswords = !isClerk
        try variables.read("PAITIFY_PASSWORDS", "on or off", &dashboard.takesPasswords) { text in
            ["on": true, "off": false][text]
        }
        guard dashboard.takesPasswords || isClerk || dashboard.oidc != nil else {
            throw variables.error("PAITIFY_PASSWORDS", "on, as no identity provider signs people in")
        }
    }

    /// The text as it will stand in every token's `iss`, or nil where it is no URL for that.
    private static func issuerURL(_ text: String) -> String? {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            let isClean =
                rest.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !rest.contains { "?#\"\\<>@".contains($0) }
            return isClean && !rest.isEmpty && !rest.hasPrefix("/") && text.utf8.count <= 200 ? text : nil
        }
        return nil
    }
}

extension Configuration {
    /// Where people reach the dashboard, without a slash at the end.
    var dashboardURL: String {
        Sites(publicURL: dashboard.publicURL ?? issuer.issuerURL, listeningOn: host).publicURL
    }
}
