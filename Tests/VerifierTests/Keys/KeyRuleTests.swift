import Testing

@testable import Verifier

/// Which JWK is a key for what (RFC 7517, RFC 7518 §6, RFC 8037 §2).
@Suite struct `Key rules` {
    @Test("a key is for the one algorithm that its alg, its type and the options leave", arguments: KeyRow.algorithms)
    func oneAlgorithm(_ row: KeyRow) throws { try check(row) }

    @Test("types and curves that we do not know are left out", arguments: KeyRow.types)
    func unknownTypes(_ row: KeyRow) throws { try check(row) }

    @Test("what is no sound point or number is refused", arguments: KeyRow.members)
    func unsoundMembers(_ row: KeyRow) throws { try check(row) }

    private func check(_ row: KeyRow) throws {
        if let algorithm = row.algorithm {
            #expect(try publicKey(row.jwk, allowed: row.allowed).algorithm == algorithm)
        } else {
            #expect(throws: VerifyError(row.status)) { try publicKey(row.jwk, allowed: row.allowed) }
        }
    }

    @Test(
        "a private part makes the whole set unusable, whatever the type",
        arguments: [KeyRow.rsa, KeyRow.p256, KeyRow.ed25519])
    func privateParts(_ key: SigningKey) throws {
        let secret = key.jwk().dropLast() + #","d":"AQ"}"#
        let verifier = try Sample.verifier { $0.algorithms = .known }
        #expect(throws: VerifyError(.jwks)) {
            try verifier.install(jwks: #"{"keys":[\#(TestKey.shared.jwk),\#(secret)]}"#, fetchedAt: Sample.now)
        }
    }

    @Test func `the other of y's two values is another key`() throws {
        // (x, p - y) is on the curve too.
        let x = KeyRow.p256.members[0].bytes
        let y = KeyRow.p256.members[1].bytes
        let prime: [UInt8] =
            [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 12)
            + [UInt8](repeating: 0xFF, count: 12)
        var borrow = 0
        var other = [UInt8](repeating: 0, count: 32)
        for index in (0..<32).reversed() {
            let difference = Int(prime[index]) - Int(y[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            other[index] = UInt8(difference & 0xFF)
        }
        #expect(try P256Point.isOnCurve(x: x, y: other))
        let key = try publicKey(KeyRow.p256.jwk(replacing: ["y": other]))
        #expect(key.status(KeyRow.p256.sign(ES256.message, .es256), of: ES256.message) == .signature)
    }
}
