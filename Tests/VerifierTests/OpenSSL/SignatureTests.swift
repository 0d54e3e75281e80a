import Testing

@testable import Verifier

/// What holds for every algorithm.
@Suite struct `Signatures` {
    struct Row: Sendable, CustomTestStringConvertible {
        let algorithm: Algorithm
        let key: SigningKey
        var testDescription: String { "\(algorithm.name)" }

        static let all = [
            Row(algorithm: .rs256, key: .rsa2048), Row(algorithm: .ps256, key: .rsa2048),
            Row(algorithm: .es256, key: .p256), Row(algorithm: .edDSA, key: .ed25519),
        ]
    }

    static let message = Array("header.payload".utf8)

    @Test("OpenSSL's signature holds, of messages of any length", arguments: Row.all)
    func good(_ row: Row) throws {
        let key = try row.key.verifying(row.algorithm)
        for count in [1, 55, 56, 63, 64, 65, 127, 1000, 8192] {
            let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(key.status(row.key.sign(message, row.algorithm), of: message) == .ok)
        }
    }

    @Test("no signature with a bit flipped holds", arguments: Row.all)
    func flippedSignature(_ row: Row) throws {
        let key = try row.key.verifying(row.algorithm)
        let signature = row.key.sign(Self.message, row.algorithm)
        for bit in 0..<(signature.count * 8) {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(key.status(flipped, of: Self.message) == .signature, "bit \(bit)")
        }
        #expect(key.status(signature, of: Self.message) == .ok, "refusals leave no trace")
    }

    @Test("no signature holds for a message with a bit flipped", arguments: Row.all)
    func flippedMessage(_ row: Row) throws {
        let key = try row.key.verifying(row.algorithm)
        let signature = row.key.sign(Self.message, row.algorithm)
        for bit in 0..<(Self.message.count * 8) {
            var flipped = Self.message
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(key.status(signature, of: flipped) == .signature, "bit \(bit)")
        }
        #expect(key.status(signature, of: Self.message + [0]) == .signature)
        #expect(key.status(signature, of: Array(Self.message.dropLast())) == .signature)
    }

    @Test("a signature of another length does not hold", arguments: Row.all)
    func lengths(_ row: Row) throws {
        let key = try row.key.verifying(row.algorithm)
        let signature = row.key.sign(Self.message, row.algorithm)
        let others: [[UInt8]] = [
            [], [0], Array(signature.dropLast()), Array(signature.dropFirst()), signature + [0], [0] + signature,
            signature + signature, [UInt8](repeating: 0, count: 8192),
        ]
        for other in others { #expect(key.status(other, of: Self.message) == .signature, "\(other.count) bytes") }
    }

    @Test("constant signatures do not hold", arguments: Row.all)
    func constants(_ row: Row) throws {
        let key = try row.key.verifying(row.algorithm)
        let count = row.key.sign(Self.message, row.algorithm).count
        for byte in [0x00, 0x01, 0x7F, 0x80, 0xFF] as [UInt8] {
            let constant = [UInt8](repeating: byte, count: count)
            #expect(key.status(constant, of: Self.message) == .signature, "\(byte)")
        }
        var one = [UInt8](repeating: 0, count: count)
        one[count - 1] = 1
        #expect(key.status(one, of: Self.message) == .signature)
    }

    @Test func `no algorithm's signature holds under another of the same key`() throws {
        let key = SigningKey.rsa2048
        #expect(try key.verifying(.rs256).status(key.sign(Self.message, .ps256), of: Self.message) == .signature)
        #expect(try key.verifying(.ps256).status(key.sign(Self.message, .rs256), of: Self.message) == .signature)
    }

    @Test(
        "the known answers of the standards hold",
        arguments: [
            (
                "RFC 7515 A.2",
                #"{"kid":"k","alg":"RS256","kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8"#
                    + "W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo"
                    + "9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3"
                    + "qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}",
                "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb"
                    + "290Ijp0cnVlfQ",
                "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJ"
                    + "dbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB"
                    + "_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98"
                    + "rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
            (
                "RFC 7515 A.3",
                #"{"kid":"k","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
                    + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb"
                    + "290Ijp0cnVlfQ",
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
            (
                "RFC 8037 A.4",
                #"{"kid":"k","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
            ),
        ])
    func knownAnswers(name: String, jwk: String, signed: String, signature: String) throws {
        let key = try publicKey(jwk)
        #expect(key.status(try #require(bytes(signature)), of: Array(signed.utf8)) == .ok)
    }
}
