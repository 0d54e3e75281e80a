import CryptoLib
import Testing

@testable import Verifier

/// Blocks that a key has truly signed and that are not, byte for byte, the one encoding of the digest (RFC 8017 §9.2).
@Suite struct `PKCS 1 v1_5 encodings` {
    static let message = Array("header.payload".utf8)
    /// A DigestInfo of SHA-256 up to its digest, with the NULL that some encoders leave out.
    static let digestInfo: [UInt8] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ]
    static let withoutNull: [UInt8] = [
        0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20,
    ]

    struct Block: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (_ count: Int, _ digest: [UInt8]) -> [UInt8]
    }

    static func padded(_ tail: [UInt8], _ count: Int, type: UInt8 = 1, filler: UInt8 = 0xFF) -> [UInt8] {
        [0, type] + [UInt8](repeating: filler, count: count - tail.count - 3) + [0] + tail
    }

    @Test func `the encoding itself holds`() throws {
        let key = SigningKey.rsa2048
        let block = try Self.padded(Self.digestInfo + digest(Self.message), key.modulusBytes)
        #expect(try key.verifying(.rs256).status(key.sign(block: block), of: Self.message) == .ok)
    }

    @Test(
        "any other block is refused",
        arguments: [
            Block(testDescription: "block type 2") { padded(digestInfo + $1, $0, type: 2) },
            Block(testDescription: "block type 0") { padded(digestInfo + $1, $0, type: 0, filler: 0) },
            Block(testDescription: "padding of FE") { padded(digestInfo + $1, $0, filler: 0xFE) },
            Block(testDescription: "one padding byte less, a digest byte more") { padded(digestInfo + $1 + [0], $0) },
            Block(testDescription: "8 bytes of padding, then rubbish after the digest") {
                let head = [0, 1] + [UInt8](repeating: 0xFF, count: 8) + [0] + digestInfo + $1
                return head + [UInt8](repeating: 0xAA, count: $0 - head.count)
            },
            Block(testDescription: "rubbish between padding and DigestInfo") {
                var block = padded(digestInfo + $1, $0)
                block[40] = 0
                return block
            },
            Block(testDescription: "no NULL") { padded(withoutNull + $1, $0) },
            Block(testDescription: "no DigestInfo") { padded($1, $0) },
            Block(testDescription: "no separator") {
                [0, 1] + [UInt8](repeating: 0xFF, count: $0 - 2 - 51) + digestInfo + $1
            },
            Block(testDescription: "a first byte of 1") { count, digest in
                var block = padded(digestInfo + digest, count)
                block[0] = 1
                return block
            },
            Block(testDescription: "another digest") { padded(digestInfo + $1.reversed(), $0) },
            Block(testDescription: "the OID of SHA-1") { count, digest in
                padded(
                    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14]
                        + digest.prefix(20), count)
            },
            Block(testDescription: "the length 31 for the digest") { count, digest in
                var info = digestInfo
                info[18] = 31
                return padded(info + digest, count)
            },
        ])
    func others(_ row: Block) throws {
        let key = SigningKey.rsa2048
        let block = row.make(key.modulusBytes, try digest(Self.message))
        #expect(block.count == key.modulusBytes)
        guard block[0] == 0 || block.lexicographicallyPrecedes(key.members[0].bytes) else { return }
        #expect(try key.verifying(.rs256).status(key.sign(block: block), of: Self.message) == .signature)
    }

    @Test func `other digests are refused`() throws {
        let key = SigningKey.rsa2048
        let verifying = try key.verifying(.rs256)
        for digest in SigningKey.Digest.allCases where digest != .sha256 {
            let signature = key.signRSA(Self.message, padding: RSA_PKCS1_PADDING, digest: digest)
            #expect(verifying.status(signature, of: Self.message) == .signature)
        }
    }

    @Test func `a signature from the modulus up is refused, though it opens to the same`() throws {
        // s + n fits in the modulus's bytes where n has few bits in the first.
        let key = SigningKey.rsa(bits: 2049)
        let modulus = key.members[0].bytes
        let signature = key.sign(Self.message, .rs256)
        var sum = [UInt8](repeating: 0, count: modulus.count)
        var carry = 0
        for index in modulus.indices.reversed() {
            carry += Int(modulus[index]) + Int(signature[index])
            sum[index] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        #expect(carry == 0)
        let verifying = try key.verifying(.rs256)
        #expect(verifying.status(signature, of: Self.message) == .ok)
        #expect(verifying.status(sum, of: Self.message) == .signature)
        #expect(verifying.status(modulus, of: Self.message) == .signature)
    }

    @Test("moduli of any length in bounds verify", arguments: [2048, 2049, 2050, 2053, 2055, 2056, 3072, 4095, 4096])
    func lengths(bits: Int) throws {
        let key = SigningKey.rsa(bits: bits)
        #expect(key.modulusBits == bits)
        for algorithm in [Algorithm.rs256, .ps256] {
            let verifying = try key.verifying(algorithm)
            let signature = key.sign(Self.message, algorithm)
            #expect(verifying.status(signature, of: Self.message) == .ok)
            #expect(verifying.status(signature, of: Self.message + [0]) == .signature)
            #expect(verifying.status(Array(signature.dropFirst()), of: Self.message) == .signature)
        }
    }

    @Test(
        "exponents of any value in bounds verify, not only the one that has a way of its own",
        arguments: [65537, 65539, 1_048_583, 16_777_259, 4_294_967_291])
    func exponents(_ exponent: UInt) throws {
        let key = SigningKey.rsa(bits: 2048, exponent: exponent)
        for algorithm in [Algorithm.rs256, .ps256] {
            let verifying = try key.verifying(algorithm)
            let signature = key.sign(Self.message, algorithm)
            #expect(verifying.status(signature, of: Self.message) == .ok)
            #expect(verifying.status(signature, of: Self.message + [0]) == .signature)
            #expect(verifying.status([signature[0] ^ 1] + signature.dropFirst(), of: Self.message) == .signature)
        }
    }
}
