import Issuer
import Logging
import NIOCore
import Testing

@testable import Server

@Suite struct `Configuration from variables` {
    @Test func `nothing set gives the documented defaults`() throws {
        let configuration = try Configuration(Variables(environment: [:]))
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.dataFolder == "./data")
        #expect(configuration.issuer.issuerURL == "http://localhost:8080")
        #expect(configuration.issuer.tokenLifetimeSeconds == 900)
        #expect(configuration.issuer.confirmGraceSeconds == 3600)
        #expect(configuration.issuer.approvalLifetimeSeconds == 86_400)
        #expect(configuration.issuer.keyRotationSeconds == 30 * 86_400)
        #expect(configuration.issuer.bcryptCost == 12)
        #expect(configuration.logLevel == .info)
    }

    @Test func `values are taken, durations in any unit, empty as unset`() throws {
        let configuration = try Configuration(
            Variables(environment: [
                "PAITIFY_HOST": "0.0.0.0", "PAITIFY_PORT": "0", "PAITIFY_TOKEN_TTL": "15m",
                "PAITIFY_KEY_ROTATION": "7d",
                "PAITIFY_CONFIRM_GRACE": "0", "PAITIFY_APPROVAL_TTL": "12h", "LOG_LEVEL": "DEBUG", "PAITIFY_ISSUER": "",
                "PAITIFY_DATABASE_URL": "sqlite:", "PAITIFY_SIGNING_ALGORITHM": "RS256", "PAITIFY_HEADER_TIMEOUT": "2s",
            ]))
        #expect(configuration.port == 0)
        #expect(configuration.issuer.tokenLifetimeSeconds == 900)
        #expect(configuration.issuer.keyRotationSeconds == 7 * 86_400)
        #expect(configuration.issuer.approvalLifetimeSeconds == 43_200)
        #expect(configuration.issuer.issuerURL == "http://localhost:8080")
        #expect(configuration.logLevel == .debug)
        #expect(configuration.limits.headerTimeout == .seconds(2))
    }

    @Test(
        arguments: [
            (nil, nil, .local), ("::1", nil, .local), ("localhost", nil, .local), ("0.0.0.0", nil, .closed),
            ("::", nil, .closed), ("10.0.0.7", nil, .closed), ("0.0.0.0", "open", .open), (nil, "closed", .closed),
            (nil, "open", .open), ("0.0.0.0", "provider", .provider),
        ] as [(String?, String?, SignUp)])
    func `anybody signs up where nobody but this machine can`(_ host: String?, _ setting: String?, _ signUp: SignUp)
        throws
    {
        var variables: [String: String] = [:]
        variables["PAITIFY_HOST"] = host
        variables["PAITIFY_SIGNUP"] = setting
        #expect(try Configuration(Variables(environment: variables)).dashboard.signUp == signUp)
    }

    @Test(
        arguments: [
            ([:], true), (["CLERK_PUBLISHABLE_KEY": "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k"], false),
            (["CLERK_PUBLISHABLE_KEY": "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k", "PAITIFY_PASSWORDS": "on"], true),
            (["PAITIFY_PASSWORDS": "off"], nil), (["PAITIFY_PASSWORDS": "on"], true),
            (["PAITIFY_OIDC_ISSUER": "https://idp.example", "PAITIFY_OIDC_CLIENT_ID": "c"], true),
            (
                [
                    "PAITIFY_OIDC_ISSUER": "https://idp.example", "PAITIFY_OIDC_CLIENT_ID": "c",
                    "PAITIFY_PASSWORDS": "off",
                ], false
            ),
        ] as [([String: String], Bool?)])
    func `there are passwords unless Clerk signs people in, or they are off and somebody else does`(
        _ variables: [String: String], _ takesPasswords: Bool?
    ) throws {
        let all = variables.merging(["CLERK_ISSUER_URI": "https://clerk.example.com"]) { given, _ in given }
        let configuration = try? Configuration(Variables(environment: all))
        #expect(configuration?.dashboard.takesPasswords == takesPasswords)
    }

    @Test(
        arguments: [
            "https://app.example.com", "https://app.example.com:8443", "http://localhost:3000",
            "https://a.example,https://b.example",
        ])
    func `an authorized party is an origin as browsers send it`(_ parties: String) throws {
        #expect(try clerk(parties: parties)?.authorizedParties == parties.split(separator: ",").map(String.init))
    }

    @Test(
        arguments: [
            "https://app.example.com/", "https://app.example.com/app", "https://App.example.com",
            "https://app.example.com:443", "http://app.example.com", "app.example.com", "https://a.example,",
            "https://a.example, https://b.example", "https://a.example?x",
        ])
    func `an authorized party that no browser names stops the start`(_ parties: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try clerk(parties: parties) }
        #expect(error?.variable == "CLERK_AUTHORIZED_PARTIES")
    }

    private func clerk(parties: String) throws -> ClerkSettings? {
        try Configuration(
            Variables(environment: [
                "CLERK_ISSUER_URI": "https://clerk.example.com", "CLERK_AUTHORIZED_PARTIES": parties,
            ])
        ).dashboard.clerk
    }

    @Test func `Clerk's variables are taken under both their names, the plain one first`() throws {
        let configuration = try Configuration(
            Variables(environment: [
                "NEXT_PUBLIC_CLERK_ISSUER_URI": "https://other.example",
                "CLERK_ISSUER_URI": "https://clerk.example.com",
                "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY": "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k",
                "CLERK_SECRET_KEY": "sk_live_x",
                "CLERK_AUTHORIZED_PARTIES": "https://a.example,http://localhost:3000",
            ]))
        let clerk = try #require(configuration.dashboard.clerk)
        #expect(clerk.issuer == "https://clerk.example.com")
        #expect(clerk.jwksURL == "https://clerk.example.com/.well-known/jwks.json")
        #expect(clerk.publishableKey?.host == "clerk.example.com")
        #expect(clerk.authorizedParties == ["https://a.example", "http://localhost:3000"])
        #expect(try Configuration(Variables(environment: [:])).dashboard.clerk == nil)
    }

    @Test func `the environment outranks the file`() throws {
        let file = """
            # comment
            PAITIFY_PORT=1234
            export PAITIFY_HOST = "::1"   # local
            PAITIFY_ISSUER='https://a.example'
            LOG_LEVEL=warning # quiet
            nonsense
            """
        let configuration = try Configuration(Variables(environment: ["PAITIFY_PORT": "99"], dotEnv: file))
        #expect(configuration.port == 99)
        #expect(configuration.host == "::1")
        #expect(configuration.issuer.issuerURL == "https://a.example")
        #expect(configuration.logLevel == .warning)
    }

    @Test(
        "a wrong value names the variable and never shows itself",
        arguments: [
            ("PAITIFY_PORT", "65536"), ("PAITIFY_PORT", "http"), ("PAITIFY_PORT", "-1"), ("PAITIFY_HOST", "a b"),
            ("PAITIFY_ISSUER", "pay.example.org"), ("PAITIFY_ISSUER", "https://a.example/?q"),
            ("PAITIFY_ISSUER", "https:///path"),
            ("PAITIFY_TOKEN_TTL", "59"), ("PAITIFY_TOKEN_TTL", "604801"), ("PAITIFY_TOKEN_TTL", "15 m"),
            ("PAITIFY_CONFIRM_GRACE", "9223372036854775807d"), ("PAITIFY_KEY_ROTATION", "0"),
            ("PAITIFY_BCRYPT_COST", "3"),
            ("PAITIFY_DATABASE_URL", "postgres://user:hunter2@host/db?nosuch=1"),
            ("PAITIFY_DATABASE_URL", "sqlite:/elsewhere.db"),
            ("PAITIFY_SIGNING_ALGORITHM", "HS256"), ("PAITIFY_MASTER_KEY", "tooshort-secret"), ("LOG_LEVEL", "loud"),
            ("PAITIFY_OPERATOR_KEY", "tooshort-secret"), ("PAITIFY_SIGNUP", "yes"),
            ("PAITIFY_TRUSTED_PROXY", "localhost"), ("PAITIFY_TRUSTED_PROXY", "127.0.0.1,"),
            ("PAITIFY_DASHBOARD_URL", "https://pay.example.com/dashboard"),
            ("PAITIFY_DASHBOARD_URL", "dashboard.example.org"),
            ("PAITIFY_PASSWORD_CHARACTERS_MIN", "7"), ("PAITIFY_SESSION_IDLE", "299"), ("PAITIFY_SESSION_TTL", "31d"),
            ("PAITIFY_OIDC_ISSUER", "http://idp.example"), ("PAITIFY_OIDC_CLIENT_ID", "client"),
            ("CLERK_ISSUER_URI", "http://clerk.example.com"), ("NEXT_PUBLIC_CLERK_JWKS_URI", "file:///etc/passwd"),
            ("CLERK_PUBLISHABLE_KEY", "sk_test_secret"), ("CLERK_PUBLISHABLE_KEY", "pk_test_ZXZpbA=="),
        ])
    func wrongValues(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(Variables(environment: [name: value]))
        }
        let line = error?.description ?? ""
        #expect(line.hasPrefix("\(name): expected ") || name == "PAITIFY_OIDC_CLIENT_ID")
        #expect(!line.contains(value) || value.count < 3)
        #expect(!line.contains("\n"))
    }
}
