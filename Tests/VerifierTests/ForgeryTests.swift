import CryptoLib
import Foundation
import Testing

@testable import Verifier

/// Attacks that other verifiers fell for, as RFC 8725 and its successor list them. docs/threat-model.md names each.
@Suite struct `Forgeries` {
    struct Header: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let members: String
        let status: VerificationStatus
        init(_ name: String, _ members: String, _ status: VerificationStatus) {
            (testDescription, self.members, self.status) = (name, members, status)
        }
    }

    static let typ = #""typ":"spend-authorization+jwt""#

    @Test(
        "a header that asks for something else than a signature by an installed key",
        arguments: [
            Header("RSA1_5", #""alg":"RSA1_5","enc":"A128CBC-HS256""#, .algorithm),
            Header("RSA-OAEP", #""alg":"RSA-OAEP","enc":"A256GCM""#, .algorithm),
            Header("dir", #""alg":"dir","enc":"A256GCM""#, .algorithm),
            Header(
                "ECDH-ES with a point", #""alg":"ECDH-ES","epk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
                .algorithm),
            Header("PBES2 with ever so many rounds", #""alg":"PBES2-HS256+A128KW","p2c":2147483647"#, .algorithm),
            Header("a compressed payload", #""alg":"dir","enc":"A256GCM","zip":"DEF""#, .algorithm),
            Header("a space after the name", #""alg":"RS256 ""#, .algorithm),
            Header("a NUL after the name", #""alg":"RS256\u0000""#, .json),
            Header("the name escaped is the same name", #""alg":"\u0052S256""#, .ok),
            Header("zip says nothing in a JWS", #""alg":"RS256","zip":"DEF""#, .ok),
            Header("a certificate's hash is no key", #""alg":"RS256","x5t":"AAAA","x5t#S256":"AAAA""#, .ok),
        ])
    func headers(_ row: Header) throws {
        let token = TestKey.shared.sign(
            header: #"{\#(row.members),"kid":"\#(TestKey.shared.kid)",\#(Self.typ)}"#, payload: Sample.payload())
        try expect(row.status, of: token)
    }

    struct Kid: Sendable, CustomTestStringConvertible {
        let kid: String
        let status: VerificationStatus
        var testDescription: String { kid }
        init(_ kid: String, _ status: VerificationStatus) { (self.kid, self.status) = (kid, status) }
    }

    @Test(
        "a kid is only ever compared",
        arguments: [
            Kid("../../../../dev/null", .unknownKey), Kid("/etc/passwd", .unknownKey),
            Kid("file:///etc/passwd", .unknownKey),
            Kid("https://attacker.example/jwks.json", .unknownKey), Kid("' OR '1'='1", .unknownKey),
            Kid("*)(uid=*", .unknownKey), Kid("%s%n", .unknownKey), Kid("*", .unknownKey), Kid(".*", .unknownKey),
            Kid(#"\u0000"#, .json), Kid(#"x\u0000"#, .json),
        ])
    func kids(_ row: Kid) throws {
        try expect(
            row.status,
            of: TestKey.shared.sign(
                header: #"{"alg":"RS256","kid":"\#(row.kid)",\#(Self.typ)}"#, payload: Sample.payload()))
    }

    @Test func `a kid that is the beginning of a key's, or goes on after it, is another`() throws {
        let kid = TestKey.shared.kid
        for other in [String(kid.dropLast()), kid + "A", kid.uppercased(), kid.lowercased()] where other != kid {
            try expect(
                .unknownKey,
                of: TestKey.shared.sign(
                    header: #"{"alg":"RS256","kid":"\#(other)",\#(Self.typ)}"#, payload: Sample.payload()))
        }
    }

    /// CVE-2015-9235: the public key, which everybody has, as the secret of an HMAC.
    @Test func `a MAC keyed with the public key is no signature`() throws {
        for secret in [TestKey.shared.jwk, Sample.jwks, ""] {
            for alg in ["HS256", "RS256"] {
                let signed =
                    text(Array(#"{"alg":"\#(alg)","kid":"\#(TestKey.shared.kid)",\#(Self.typ)}"#.utf8)) + "."
                    + text(Array(Sample.payload().utf8))
                let token = signed + "." + text(Self.hmac(Array(signed.utf8), secret: Array(secret.utf8)))
                try expect(alg == "HS256" ? .algorithm : .signature, of: token)
            }
        }
    }

    @Test func `a signed payload in another encoding than UTF-8 is refused`() throws {
        let payload = Sample.payload()
        let little = payload.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = payload.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let wide = payload.unicodeScalars.flatMap { [0, 0, UInt8($0.value >> 8 & 0xFF), UInt8($0.value & 0xFF)] }
        let latin = payload.unicodeScalars.map { UInt8($0.value & 0xFF) }
        for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, wide, latin] {
            try expect(.json, of: Self.signed(payload: bytes))
        }
    }

    @Test func `a token in a token is not opened`() throws {
        let nested = Self.signed(
            header: #"{"alg":"RS256","kid":"\#(TestKey.shared.kid)","cty":"JWT",\#(Self.typ)}"#,
            payload: Array(Sample.token().utf8))
        try expect(.json, of: nested)
    }

    /// RFC 7515 §7.2: the other serializations of a JWS, good in every other respect.
    @Test func `a JWS in JSON serialization is refused, flattened or general`() throws {
        let parts = Sample.token().split(separator: ".").map(String.init)
        let signature = #""protected":"\#(parts[0])","signature":"\#(parts[2])""#
        for token in [
            #"{"payload":"\#(parts[1])",\#(signature)}"#, #"{"payload":"\#(parts[1])","signatures":[{\#(signature)}]}"#,
            #"{"payload":"\#(parts[1])","signatures":[]}"#,
            #"{"payload":"\#(Sample.token())",\#(signature)}"#, Sample.token() + #"{"payload":"x"}"#,
        ] {
            try expect(.malformed, of: token)
        }
    }

    @Test func `a token of nothing but dots is refused`() throws {
        try expect(.malformed, of: String(repeating: ".", count: 8192))
        try expect(.tooLarge, of: String(repeating: ".", count: 8193))
    }

    /// RFC 8017 §8.2.2, step 1, and §5.2.2: as long as the modulus, and below it.
    @Test func `numbers that no key signs are no signatures`() throws {
        let parts = Sample.token().split(separator: ".").map(String.init)
        let good = try #require(bytes(parts[2]))
        let zeros = [UInt8](repeating: 0, count: good.count)
        let numbers = [
            [], zeros, zeros.dropLast() + [1], [UInt8](repeating: 0xFF, count: good.count), [0] + good, good + [0],
            Array(good.dropLast()), Array(good.dropFirst()), good + good, good.reversed(),
        ]
        for number in numbers {
            try expect(.signature, of: "\(parts[0]).\(parts[1]).\(text(number))")
        }
    }

    /// A cache of verified tokens that outlives exp, the keys or the charge is how a good check goes bad.
    @Test func `nothing is remembered of a token: the next call judges it anew`() throws {
        let now = SharedTime(Sample.now)
        let verifier = try Sample.verifier {
            $0.clock = Clock(wallSeconds: { now.seconds }, steadyMilliseconds: { now.seconds * 1000 })
        }
        let token = Sample.token()
        _ = try verifier.verify(token, charge: Sample.charge())
        #expect(throws: VerifyError(.amount)) { try verifier.verify(token, charge: Sample.charge(5001)) }
        #expect(throws: VerifyError(.signature)) {
            try verifier.verify(String(token.dropLast(4)) + "AAAA", charge: Sample.charge())
        }
        _ = try verifier.verify(token, charge: Sample.charge())
        now.seconds = Sample.now + 929
        _ = try verifier.verify(token, charge: Sample.charge())
        now.seconds = Sample.now + 930
        #expect(throws: VerifyError(.expired)) { try verifier.verify(token, charge: Sample.charge()) }
        now.seconds = Sample.now
        try verifier.install(jwks: #"{"keys":[\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        #expect(throws: VerifyError(.unknownKey)) { try verifier.verify(token, charge: Sample.charge()) }
    }

    /// A restart must not be what lets an old set in, with a key that was revoked since.
    @Test func `a verifier that loaded what another saved refuses the set that the other had replaced`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "paitify-\(UInt64.random(in: .min ... .max))")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let revoked = #"{"keys":[\#(TestKey.shared.jwk),\#(TestKey.other.jwk)],"sequence":7}"#
        let before = try Sample.verifier()
        try before.install(jwks: revoked, fetchedAt: Sample.now)
        try before.install(jwks: #"{"keys":[\#(TestKey.other.jwk)],"sequence":8}"#, fetchedAt: Sample.now)
        try before.saveKeys(path: path)

        var options = TokenVerifier.Options(issuer: Sample.issuer, audiences: [Sample.audience])
        options.clock = Clock(unixSeconds: { Sample.now })
        let after = try TokenVerifier(options: options)
        try after.loadKeys(path: path)
        #expect(throws: VerifyError(.rollback)) { try after.install(jwks: revoked, fetchedAt: Sample.now) }
        #expect(throws: VerifyError(.unknownKey)) { try after.verify(Sample.token(), charge: Sample.charge()) }
    }

    private func expect(_ status: VerificationStatus, of token: String) throws {
        let verifier = try Sample.verifier()
        do throws(VerifyError) {
            _ = try verifier.verify(token, charge: Charge(amount: 5000, currency: "USD", merchantID: "mrc_1"))
            #expect(status == .ok)
        } catch {
            #expect(error.status == status)
        }
    }

    private static func signed(header: String? = nil, payload: [UInt8]) -> String {
        let header = header ?? #"{"alg":"RS256","kid":"\#(TestKey.shared.kid)",\#(typ)}"#
        let signed = text(Array(header.utf8)) + "." + text(payload)
        return signed + "." + text(TestKey.shared.sign(Array(signed.utf8)))
    }

    private static func hmac(_ message: [UInt8], secret: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        precondition(
            unsafe HMAC(EVP_sha256(), secret, Int32(secret.count), message, message.count, &code, &count) != nil)
        return code
    }
}

/// A time that a test sets while a verifier reads it.
final class SharedTime: @unchecked Sendable {
    // Sendable: these tests set and read it on one thread.
    var seconds: Int64
    init(_ seconds: Int64) { self.seconds = seconds }
}
