import Testing

@testable import Verifier

@Suite struct `The verifier in Swift` {
    @Test func `a verified authorization tells what it allows`() throws {
        let authorization = try Sample.verifier().verify(Sample.token(), charge: Sample.charge())
        #expect(authorization.authorizationID == "auth_1")
        #expect(authorization.agentID == "agt_1")
        #expect(authorization.companyID == "co_1")
        #expect(authorization.merchantID == "mrc_1")
        #expect(authorization.keyID == TestKey.shared.kid)
        #expect(authorization.maxAmount == 5000)
        #expect(authorization.currency == "USD")
        #expect(authorization.expiresAt - authorization.issuedAt == 900)
        #expect(authorization.payload == Array(Sample.payload().utf8))
        #expect(try authorization.claim(string: "note") == "grüße")
        #expect(try authorization.claim(int64: "count") == 3)
        #expect(throws: VerifyError(.claimMissing)) { try authorization.claim(string: "absent") }
        #expect(throws: VerifyError(.claimType)) { try authorization.claim(int64: "note") }
    }

    @Test func `an authorization checked without a charge still refuses a charge above it`() throws {
        let authorization = try Sample.verifier().verifyTokenOnly(Sample.token())
        try authorization.check(Sample.charge(5000))
        #expect(throws: VerifyError(.amount)) { try authorization.check(Sample.charge(5001)) }
    }

    @Test func `every flipped bit of the signature is rejected`() throws {
        let verifier = try Sample.verifier()
        let parts = Sample.token().split(separator: ".").map(String.init)
        let signature = try #require(bytes(parts[2]))
        #expect(signature.count == 256)
        for bit in 0..<(signature.count * 8) {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VerifyError(.signature)) {
                try verifier.verifyJWS("\(parts[0]).\(parts[1]).\(text(flipped))")
            }
        }
    }

    @Test func `no flipped bit of the token is accepted`() throws {
        let verifier = try Sample.verifier()
        let token = Array(Sample.token().utf8)
        _ = try verifier.verify(token, charge: Sample.charge())
        for bit in 0..<(token.count * 8) {
            var flipped = token
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VerifyError.self) { try verifier.verify(flipped, charge: Sample.charge()) }
        }
    }

    @Test func `random tokens are rejected and trap nothing`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("random tokens seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        let verifier = try Sample.verifier()
        let pieces = [".", "..", "e30", Sample.token(), "eyJhbGciOiJSUzI1NiJ9", "\0", "=", "{}", "A"].map {
            Array($0.utf8)
        }
        for _ in 0..<2000 {
            var token: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                if Bool.random(using: &random) {
                    token += pieces.randomElement(using: &random) ?? []
                } else {
                    token += (0..<Int.random(in: 0...20, using: &random)).map { _ in
                        UInt8.random(in: .min ... .max, using: &random)
                    }
                }
            }
            if token == pieces[3] { continue }
            #expect(throws: VerifyError.self, "seed \(seed)") { try verifier.verify(token, charge: Sample.charge()) }
        }
    }

    @Test func `a token of exactly the allowed size is read, and one byte more is not`() throws {
        let token = Sample.token()
        let size = UInt32(token.utf8.count)
        _ = try Sample.verifier { $0.maxTokenBytes = size }.verify(token, charge: Sample.charge())
        #expect(throws: VerifyError(.tooLarge)) {
            try Sample.verifier { $0.maxTokenBytes = size - 1 }.verify(token, charge: Sample.charge())
        }
    }

    @Test func `before the first installation there are no keys`() throws {
        let verifier = try TokenVerifier(options: .init(issuer: "i", audiences: ["a"]))
        #expect(throws: VerifyError(.noKeys)) { try verifier.verify(Sample.token(), charge: Sample.charge()) }
    }

    @Test func `copies of a verifier share its keys`() throws {
        let one = try Sample.verifier()
        let other = one
        try other.install(jwks: #"{"keys":[\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        #expect(throws: VerifyError(.unknownKey)) { try one.verify(Sample.token(), charge: Sample.charge()) }
    }

    struct BadOption: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout TokenVerifier.Options) -> Void
        init(_ name: String, _ change: @escaping @Sendable (inout TokenVerifier.Options) -> Void) {
            testDescription = name
            self.change = change
        }
    }

    @Test(
        "an option out of its bounds is refused, by name",
        arguments: [
            BadOption("issuer") { $0.issuer = "" },
            BadOption("audiences") { $0.audiences = [] },
            BadOption("audiences") { $0.audiences = [""] },
            BadOption("audiences") { $0.audiences = Array(repeating: "a", count: 65) },
            BadOption("algorithms") { $0.algorithms = AlgorithmSet(rawValue: 16) },
            BadOption("leeway_s") { $0.leewaySeconds = 301 },
            BadOption("max_lifetime_s") { $0.maxLifetimeSeconds = 0 },
            BadOption("max_token_bytes") { $0.maxTokenBytes = 0 },
            BadOption("max_token_bytes") { $0.maxTokenBytes = .max },
            BadOption("keys_fresh_s") { $0.keysFreshSeconds = 0 },
            BadOption("keys_max_stale_s") { $0.keysMaxStaleSeconds = 0 },
        ])
    func badOptions(_ row: BadOption) throws {
        let error = #expect(throws: VerifyError(.argument)) { try Sample.verifier(at: 0, row.change) }
        #expect(error?.detail.hasPrefix(row.testDescription) == true)
    }

    @Test func `an empty set of algorithms is RS256`() throws {
        _ = try Sample.verifier { $0.algorithms = [] }.verify(Sample.token(), charge: Sample.charge())
    }

    @Test("every status has a number, a name, a sentence and a verdict", arguments: VerificationStatus.allCases)
    func statuses(_ status: VerificationStatus) {
        #expect("\(status.name)".hasPrefix(status == .ok ? "PAITIFY_OK" : "PAITIFY_E_"))
        #expect("\(status.message)".hasSuffix("."))
        #expect((status.verdict == .valid) == (status == .ok))
        #expect(VerifyError(status).detail == "\(status.message)")
    }

    @Test func `names and sentences are each used once`() {
        #expect(Set(VerificationStatus.allCases.map { "\($0.name)" }).count == VerificationStatus.allCases.count)
        #expect(Set(VerificationStatus.allCases.map { "\($0.message)" }).count == VerificationStatus.allCases.count)
    }
}
