import CryptoLib
import Testing

@testable import Verifier

@Suite struct `ES256` {
    static let message = Array("header.payload".utf8)
    /// The order of the group, n.
    static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6,
        0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]
    static let zero = [UInt8](repeating: 0, count: 32)
    static let one = [UInt8](repeating: 0, count: 31) + [1]

    static func modulo(
        _ compute: (_ result: OpaquePointer?, _ order: OpaquePointer?, _ context: OpaquePointer?) -> Int32
    ) -> [UInt8] {
        let context = unsafe BN_CTX_new()
        let result = unsafe BN_new()
        let order = unsafe BN_bin2bn(order, 32, nil)
        defer {
            unsafe BN_free(order)
            unsafe BN_free(result)
            unsafe BN_CTX_free(context)
        }
        precondition(unsafe compute(result, order, context) == 1)
        var bytes = [UInt8](repeating: 0, count: 32)
        precondition(unsafe BN_bn2binpad(result, &bytes, 32) == 32)
        return bytes
    }

    static func isInRange(_ signature: [UInt8]) -> Bool { ECDSASignature.isInRange(signature.span) }

    static func negated(_ number: [UInt8]) -> [UInt8] {
        let number = unsafe BN_bin2bn(number, 32, nil)
        defer { unsafe BN_free(number) }
        return unsafe modulo { result, order, _ in unsafe BN_sub(result, order, number) }
    }

    @Test func `r and s from 1 to n - 1 alone are looked at`() throws {
        let key = try SigningKey.p256.verifying(.es256)
        let good = SigningKey.p256.sign(Self.message, .es256)
        let (r, s) = (Array(good.prefix(32)), Array(good.suffix(32)))
        var next = Self.order
        next[31] += 1
        var last = Self.order
        last[31] -= 1
        let all = [UInt8](repeating: 0xFF, count: 32)
        for bad in [Self.zero, Self.order, next, all] {
            #expect(!Self.isInRange(bad + s))
            #expect(!Self.isInRange(r + bad))
            #expect(key.status(bad + s, of: Self.message) == .signature)
            #expect(key.status(r + bad, of: Self.message) == .signature)
            #expect(key.status(bad + bad, of: Self.message) == .signature)
        }
        for edge in [Self.one, last] {
            #expect(Self.isInRange(edge + s))
            #expect(Self.isInRange(r + edge))
            #expect(key.status(edge + s, of: Self.message) == .signature)
            #expect(key.status(r + edge, of: Self.message) == .signature)
        }
        #expect(key.status(s + r, of: Self.message) == .signature)
    }

    @Test func `r + n and s + n do not pass for r and s`() throws {
        // They have 33 bytes; cut to 32 they are others.
        let key = try SigningKey.p256.verifying(.es256)
        let good = SigningKey.p256.sign(Self.message, .es256)
        #expect(key.status([0] + good.prefix(32) + [0] + good.suffix(32), of: Self.message) == .signature)
    }

    @Test func `(r, n - s) holds too, which is why nothing is kept by a token's hash`() throws {
        let key = try SigningKey.p256.verifying(.es256)
        let good = SigningKey.p256.sign(Self.message, .es256)
        #expect(key.status(good.prefix(32) + Self.negated(Array(good.suffix(32))), of: Self.message) == .ok)
        #expect(key.status(Self.negated(Array(good.prefix(32))) + good.suffix(32), of: Self.message) == .signature)
    }

    @Test func `a signature in DER is refused, whatever its length`() throws {
        let key = try SigningKey.p256.verifying(.es256)
        for _ in 0..<50 {
            let der = SigningKey.p256.signDER(Self.message)
            #expect(key.status(der, of: Self.message) == .signature)
            #expect(key.status(Array((der + Self.zero).prefix(64)), of: Self.message) == .signature)
            #expect(key.status(SigningKey.p1363(der), of: Self.message) == .ok)
        }
    }

    @Test func `numbers with leading zeros and high bits are written as OpenSSL reads them`() throws {
        // OpenSSL refuses DER that is not minimal, so a mistake there would refuse a good signature in every 128.
        let key = try SigningKey.p256.verifying(.es256)
        var seen: Set<[Bool]> = []
        for round in 0..<1500 {
            let message = Array("message \(round)".utf8)
            let signature = SigningKey.p256.sign(message, .es256)
            #expect(key.status(signature, of: message) == .ok)
            seen.insert([signature[0] == 0, signature[0] > 127, signature[32] == 0, signature[32] > 127])
        }
        #expect(seen.count >= 6)
    }

    @Test(
        "DER is minimal",
        arguments: [
            ([UInt8](repeating: 0, count: 31) + [1], [0x02, 0x01, 0x01]),
            ([UInt8](repeating: 0, count: 31) + [0x80], [0x02, 0x02, 0x00, 0x80]),
            ([UInt8](repeating: 0, count: 30) + [0x01, 0x00], [0x02, 0x02, 0x01, 0x00]),
            ([0x7F] + [UInt8](repeating: 0xFF, count: 31), [0x02, 0x20, 0x7F] + [UInt8](repeating: 0xFF, count: 31)),
            (
                [0x80] + [UInt8](repeating: 0x00, count: 31),
                [0x02, 0x21, 0x00, 0x80] + [UInt8](repeating: 0x00, count: 31)
            ),
        ] as [([UInt8], [UInt8])])
    func der(number: [UInt8], encoded: [UInt8]) {
        let der = ECDSASignature.der((number + number).span)
        let bytes = der.bytes.indices.prefix(der.count).map { der.bytes[$0] }
        #expect(bytes == [0x30, UInt8(2 * encoded.count)] + encoded + encoded)
    }

    @Test func `a sum of points at infinity is a refusal, not a failure`() throws {
        // With r = -z/d the sum (z/s) G + (r/s) Q is the point at infinity; only the key's owner can make it so.
        let digest = try digest(Self.message)
        let secret = SigningKey.p256.privateNumber
        let r = unsafe Self.modulo { result, order, context in
            let z = unsafe BN_bin2bn(digest, 32, nil)
            let d = unsafe BN_bin2bn(secret, 32, nil)
            defer {
                unsafe BN_free(z)
                unsafe BN_free(d)
            }
            guard unsafe BN_mod_inverse(d, d, order, context) != nil else { return 0 }
            guard unsafe BN_mod_mul(result, z, d, order, context) == 1 else { return 0 }
            return unsafe BN_sub(result, order, result)
        }
        let key = try SigningKey.p256.verifying(.es256)
        #expect(key.status(r + Self.one, of: Self.message) == .signature)
        #expect(key.status(SigningKey.p256.sign(Self.message, .es256), of: Self.message) == .ok)
    }

    @Test func `another key's signature is refused`() throws {
        let key = try SigningKey.p256.verifying(.es256)
        #expect(key.status(SigningKey.otherP256.sign(Self.message, .es256), of: Self.message) == .signature)
    }
}
