import Foundation
import Testing

@testable import Issuer

@Suite struct SigningKeyTests {
    @Test("the thumbprint is RFC 7638 section 3.1's")
    func thumbprint() throws {
        let modulus =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
            + "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgd"
            + "AZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCu"
            + "r-kEgU8awapJzKnqDKgw"
        let key = PublicJWK.rsa(
            modulus: try #require(Base64URL.decode(anyAlphabet: modulus)), exponent: [1, 0, 1])
        #expect(key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test("the RS256 signature is RFC 7515 appendix A.2's")
    func signature() throws {
        let input =
            "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
            + "cnVlfQ"
        let expected =
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t"
            + "1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12j"
            + "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQ"
            + "Ge77Rw"
        let key = try KeyFixtures.rfc7515Key()
        #expect(Base64URL.encode(try key.sign(Array(input.utf8))) == expected)
    }

    @Test("a JWK has the public members and the thumbprint as its name, and nothing private")
    func jwk() throws {
        let key = KeyFixtures.key(0)
        let jwk = try #require(
            try JSONSerialization.jsonObject(with: Data(key.jwk.utf8)) as? [String: String])
        #expect(Set(jwk.keys) == ["kty", "kid", "use", "alg", "n", "e"])
        #expect(jwk["kty"] == "RSA" && jwk["use"] == "sig" && jwk["alg"] == "RS256" && jwk["e"] == "AQAB")
        #expect(jwk["kid"] == key.kid && key.kid == key.publicKey.thumbprint && key.kid.utf8.count == 43)
        #expect(Base64URL.decode(anyAlphabet: jwk["n"] ?? "")?.count == 256)
    }

    @Test("a sealed key opens as the same key, under its own name and master key alone")
    func sealing() throws {
        let key = KeyFixtures.key(0)
        let sealed = try key.sealed(under: KeyFixtures.masterKey)
        let opened = try SigningKey(sealed: sealed, under: KeyFixtures.masterKey, kid: key.kid, algorithm: .rs256)
        #expect(opened.jwk == key.jwk)
        #expect(try opened.sign([1, 2, 3]) == key.sign([1, 2, 3]))
        #expect(throws: KeyError.sealBroken) {
            try SigningKey(sealed: sealed, under: KeyFixtures.otherMasterKey, kid: key.kid, algorithm: .rs256)
        }
        #expect(throws: KeyError.sealBroken) {
            try SigningKey(
                sealed: sealed, under: KeyFixtures.masterKey, kid: KeyFixtures.key(1).kid, algorithm: .rs256)
        }
    }

    @Test("what is no RSA key of 2048 bits is refused")
    func badKeys() throws {
        let der = try #require(Data(base64Encoded: KeyFixtures.rfc7515PKCS8, options: .ignoreUnknownCharacters))
        // RFC 8410 section 10.3: an Ed25519 key.
        let ed25519 = try #require(
            Data(base64Encoded: "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"))
        for bytes in [[], [0x30], [UInt8](der.dropLast()), [UInt8](ed25519)] {
            #expect(throws: KeyError.cryptography(.readKey)) { try SigningKey(pkcs8: SecretBytes(bytes), .rs256) }
        }
    }

    @Test("many threads sign with one key")
    func threads() async throws {
        let key = KeyFixtures.key(0)
        let expected = try key.sign([7])
        let signatures = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<64 {
                group.addTask { try key.sign([7]) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(signatures == [expected])
    }
}
