import CryptoLib
import Testing

@testable import Verifier

@Suite struct `Ed25519` {
    static let message = Array("header.payload".utf8)
    /// The order of the base point, L, little-endian.
    static let order: [UInt8] = [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
    ]
    /// 2^255 - 19, little-endian.
    static let prime: [UInt8] = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]

    /// The sum of two little-endian numbers, or nil if it has more than 256 bits.
    static func sum(_ one: [UInt8], _ other: [UInt8]) -> [UInt8]? {
        var carry = 0
        let bytes = zip(one, other).map { pair in
            carry += Int(pair.0) + Int(pair.1)
            defer { carry >>= 8 }
            return UInt8(carry & 0xFF)
        }
        return carry == 0 ? bytes : nil
    }

    static func number(_ small: UInt8) -> [UInt8] { [small] + [UInt8](repeating: 0, count: 31) }

    /// p + `small`, little-endian; below p for a negative one.
    static func primePlus(_ small: Int) -> [UInt8] {
        var bytes = prime
        bytes[0] = UInt8(Int(bytes[0]) + small)
        return bytes
    }

    static func signed(_ bytes: [UInt8]) -> [UInt8] { bytes.dropLast() + [bytes[31] | 0x80] }

    /// The eight points of small order, in their canonical encodings (little-endian y, x's sign on top).
    static let smallOrderPoints: [[UInt8]] = {
        let eighth: [UInt8] = [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF,
            0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ]
        let other: [UInt8] = [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20,
            0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ]
        return [
            number(1), primePlus(-1), number(0), signed(number(0)), eighth, signed(eighth), other, signed(other),
        ]
    }()

    @Test func `S from L up is refused`() throws {
        let key = try SigningKey.ed25519.verifying(.edDSA)
        let good = SigningKey.ed25519.sign(Self.message, .edDSA)
        #expect(key.status(good, of: Self.message) == .ok)
        let r = Array(good.prefix(32))
        var scalar: [UInt8]? = Array(good.suffix(32))
        var tried = 0
        for _ in 1...15 {
            scalar = scalar.flatMap { Self.sum($0, Self.order) }
            guard let scalar else { break }
            #expect(key.status(r + scalar, of: Self.message) == .signature)
            tried += 1
        }
        #expect(tried >= 14)
        #expect(key.status(r + Self.order, of: Self.message) == .signature)
    }

    @Test func `an R that is no canonical point is refused`() throws {
        let key = try SigningKey.ed25519.verifying(.edDSA)
        let good = SigningKey.ed25519.sign(Self.message, .edDSA)
        for r in Self.smallOrderPoints + [Self.prime, Self.primePlus(1), Self.signed(Self.number(1))] {
            #expect(key.status(r + good.suffix(32), of: Self.message) == .signature)
            #expect(key.status(r + Self.number(0), of: Self.message) == .signature)
        }
    }

    @Test("keys of small order are refused, because OpenSSL takes what anybody signs for them", arguments: 0..<8)
    func smallOrder(index: Int) throws {
        let point = Self.smallOrderPoints[index]
        #expect(try Ed25519Point.isCanonical(point))
        #expect(Ed25519Point.hasSmallOrder(point))
        #expect(throws: VerifyError(.weakKey)) { try KeyRules.checkEd25519(point) }

        // S = 0 and R = -k·A, which is one of the eight, hold where k, which depends on R, is right: once a message on
        // average.
        let key = try Ed25519PublicKey.make(point: point)
        var forged = 0
        for round in 0..<64 {
            let message = Array("message \(round)".utf8)
            for r in Self.smallOrderPoints where try Self.holds(key, r + Self.number(0), of: message) { forged += 1 }
        }
        #expect(forged > 32)
    }

    static func holds(_ key: Ed25519PublicKey, _ signature: [UInt8], of message: [UInt8]) throws -> Bool {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            try key.isSignature(signature.span, of: message.span)
        }
    }

    @Test func `encodings that are not the one of a point are refused`() {
        // y from p up, with and without a sign; x = 0 with a sign; y = 2, to which there is no x.
        let bad =
            (0...18).map(Self.primePlus) + (0...18).map { Self.signed(Self.primePlus($0)) }
            + [
                Self.signed(Self.number(1)), Self.signed(Self.primePlus(-1)), Self.number(2),
                Self.signed(Self.number(2)),
            ]
        for point in bad {
            #expect(throws: VerifyError(.weakKey), "\(point)") { try KeyRules.checkEd25519(point) }
        }
    }

    @Test func `half of all numbers are a y, and all keys are points of large order`() throws {
        var points = 0
        for y in 0..<200 where try Ed25519Point.isCanonical(Self.number(UInt8(y))) { points += 1 }
        #expect((70...130).contains(points))
        for _ in 0..<50 {
            let key = SigningKey.newEd25519()
            #expect(throws: Never.self) { try KeyRules.checkEd25519(key.members[0].bytes) }
        }
    }

    @Test func `both names of the algorithm mean it`() throws {
        for name in ["EdDSA", "Ed25519"] {
            let key = try publicKey(SigningKey.ed25519.jwk(alg: name))
            #expect(key.algorithm == .edDSA)
            #expect(key.status(SigningKey.ed25519.sign(Self.message, .edDSA), of: Self.message) == .ok)
            #expect(Algorithm(name: Array(name.utf8).span) == .edDSA)
        }
    }
}
