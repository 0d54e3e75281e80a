import Foundation
import Testing
import Verifier

@testable import Issuer

/// Tokens of each algorithm, read by the verifier that processors have.
@Suite struct AlgorithmTests {
    static let start = Instant(rfc3339: "2026-03-02T10:00:00.000Z")!

    private func members(_ key: SigningKey) throws -> [String: String] {
        try #require(try JSONSerialization.jsonObject(with: Data(key.jwk.utf8)) as? [String: String])
    }

    /// What a key's JWK has besides `kid` and `use`: names by text, and numbers by their bytes.
    struct Shape: Sendable, CustomTestStringConvertible {
        let algorithm: SignatureAlgorithm
        let texts: [String: String]
        let bytes: [String: Int]
        var testDescription: String { algorithm.rawValue }
    }

    static let shapes: [Shape] = [
        Shape(algorithm: .rs256, texts: ["kty": "RSA", "alg": "RS256"], bytes: ["n": 256, "e": 3]),
        Shape(algorithm: .ps256, texts: ["kty": "RSA", "alg": "PS256"], bytes: ["n": 256, "e": 3]),
        Shape(algorithm: .es256, texts: ["kty": "EC", "alg": "ES256", "crv": "P-256"], bytes: ["x": 32, "y": 32]),
        Shape(algorithm: .edDSA, texts: ["kty": "OKP", "alg": "EdDSA", "crv": "Ed25519"], bytes: ["x": 32]),
    ]

    @Test("a key's JWK has the members of its type and nothing private", arguments: shapes)
    func jwk(_ shape: Shape) throws {
        let key = try SigningKey.generate(shape.algorithm)
        let members = try members(key)
        let names = Array(shape.texts.keys) + Array(shape.bytes.keys) + ["kid", "use"]
        #expect(members.keys.sorted() == names.sorted())
        #expect(members["use"] == "sig" && members["kid"] == key.kid && key.kid.utf8.count == 43)
        for (name, text) in shape.texts { #expect(members[name] == text) }
        for (name, count) in shape.bytes {
            #expect(Base64URL.decode(anyAlphabet: members[name] ?? "")?.count == count)
        }
    }

    @Test("the thumbprints are RFC 7638's and RFC 8037's")
    func thumbprints() throws {
        // RFC 8037 appendix A.3.
        let x = try #require(Base64URL.decode(anyAlphabet: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        #expect(PublicJWK.ed25519(x).thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    @Test("the Ed25519 signature is RFC 8037 appendix A.4's")
    func ed25519() throws {
        // The private key of appendix A.1 as PKCS #8 (RFC 8410 section 7).
        let seed = try #require(Base64URL.decode(anyAlphabet: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
        let opening: [UInt8] = [
            0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ]
        let key = try SigningKey(pkcs8: SecretBytes(opening + seed), .edDSA)
        let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        #expect(
            Base64URL.encode(try key.sign(Array(input.utf8)))
                == "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg")
    }

    @Test("a sealed key opens as the same key, and no key passes for one of another algorithm")
    func sealing() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = try SigningKey.generate(algorithm)
            let sealed = try key.sealed(under: KeyFixtures.masterKey)
            for other in SignatureAlgorithm.allCases {
                let isSameType = try members(key)["kty"] == members(SigningKey.generate(other))["kty"]
                let opened = try? SigningKey(
                    sealed: sealed, under: KeyFixtures.masterKey, kid: key.kid, algorithm: other)
                #expect((opened != nil) == isSameType, "\(algorithm) as \(other)")
            }
        }
    }

    @Test(
        "a token of each algorithm verifies, and is the same whenever it is asked for",
        arguments: SignatureAlgorithm.allCases)
    func token(_ algorithm: SignatureAlgorithm) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let settings = IssuerSettings.test { $0.signingAlgorithm = algorithm }
            let test = try await TestIssuer(path: path, settings: settings)
            try await test.policy(.usd())
            let once = try OnceOnly.test("k")
            let agent = try await test.agent()
            let issued = try await test.authorize(10, agent, once: once)
            let token = try #require(issued.token)
            try Self.verify(token, of: test.issuer, at: test.clock.now, algorithm)
            #expect(try await test.authorize(10, agent, once: once).token == token)
            try await test.issuer.close()

            // A restart, which is what a crash after the commit comes to.
            let again = try await TestIssuer.open(path: path, clock: test.clock, settings: settings)
            let owner = try await again.authenticate(apiKey: test.company.apiKey)
            #expect(try await again.authorization(issued.authorization.id, as: owner).token == token)
        }
    }

    @Test("another algorithm is that of the next key that is announced, so two rotations bring it in")
    func change() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/paitify.db"
            let first = try await TestIssuer(path: path, settings: .test { $0.signingAlgorithm = .rs256 })
            try await first.issuer.close()
            let issuer = try await TestIssuer.open(
                path: path, clock: first.clock, settings: .test { $0.signingAlgorithm = .es256 })
            func signing() throws -> SignatureAlgorithm? {
                issuer.signingKeys().first { $0.state == .signing }?.algorithm
            }
            #expect(issuer.signingKeys().map(\.algorithm) == [.rs256, .rs256])
            first.clock.advance(seconds: 1)
            _ = try await issuer.rotateSigningKey()
            #expect(try signing() == .rs256)
            #expect(issuer.signingKeys().map(\.algorithm) == [.rs256, .rs256, .es256])
            _ = try await issuer.rotateSigningKey()
            #expect(try signing() == .es256)
        }
    }

    /// A processor with the issuer's key set, at that instant.
    private static func verify(
        _ token: String, of issuer: Issuer, at now: Instant, _ algorithm: SignatureAlgorithm
    ) throws {
        var options = TokenVerifier.Options(issuer: issuer.settings.issuerURL, audiences: ["paitify:processor"])
        options.algorithms =
            switch algorithm {
            case .rs256: .rs256
            case .ps256: .ps256
            case .es256: .es256
            case .edDSA: .edDSA
            }
        options.clock = .init(unixSeconds: { now.seconds })
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: issuer.jwks().body, fetchedAt: now.seconds)
        _ = try verifier.verifyTokenOnly(token)
    }
}
