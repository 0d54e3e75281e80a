import CryptoLib
import Testing

@testable import Verifier

/// RSASSA-PSS, step by step (RFC 8017 §9.1.2): each block is right but for one thing, and truly signed.
@Suite struct `PSS encodings` {
    static let message = Array("header.payload".utf8)

    /// EMSA-PSS-ENCODE (§9.1.1) with a place to err in every step.
    struct Encoding {
        var salt = [UInt8](1...32)
        var prefix = [UInt8](repeating: 0, count: 8)
        var trailer: UInt8 = 0xBC
        var separator: UInt8 = 0x01
        /// A byte of DB's padding, which has to be 0.
        var padding: (index: Int, byte: UInt8)?
        /// What is or-ed to the first byte of EM after its highest bits have been cleared.
        var highBits: UInt8 = 0
        var spoilsHash = false
        /// Before EM, where the modulus has a byte more.
        var leadingByte: UInt8 = 0

        func block(_ message: [UInt8], modulusBits: Int) throws -> [UInt8] {
            let count = (modulusBits - 1 + 7) / 8
            var hash = try digest(prefix + digest(message) + salt)
            let blockCount = count - 33
            var block = [UInt8](repeating: 0, count: blockCount - salt.count - 1) + [separator] + salt
            if let padding { block[padding.index] = padding.byte }
            for start in stride(from: 0, to: blockCount, by: 32) {
                let mask = try digest(hash + [0, 0, 0, UInt8(start / 32)])
                for index in start..<min(start + 32, blockCount) { block[index] ^= mask[index - start] }
            }
            block[0] &= 0xFF >> UInt8(8 * count - (modulusBits - 1))
            block[0] |= highBits
            if spoilsHash { hash[31] ^= 1 }
            let encoded = block + hash + [trailer]
            return (modulusBits % 8 == 1 ? [leadingByte] : []) + encoded
        }
    }

    static func status(
        _ key: SigningKey = .rsa2048, _ change: (inout Encoding) -> Void
    ) throws -> VerificationStatus {
        var encoding = Encoding()
        change(&encoding)
        let block = try encoding.block(message, modulusBits: key.modulusBits)
        return try key.verifying(.ps256).status(key.sign(block: block), of: message)
    }

    @Test func `the encoding itself holds, with any salt of 32 bytes`() throws {
        #expect(try Self.status { _ in } == .ok)
        #expect(try Self.status { $0.salt = [UInt8](repeating: 0, count: 32) } == .ok)
        #expect(try Self.status { $0.salt = [UInt8](repeating: 0xFF, count: 32) } == .ok)
        #expect(try Self.status(.rsa(bits: 2049)) { _ in } == .ok)
    }

    @Test("a salt of another length is refused", arguments: [0, 1, 20, 31, 33, 48, 64, 190])
    func saltsByHand(count: Int) throws {
        #expect(try Self.status { $0.salt = [UInt8](repeating: 7, count: count) } == .signature)
    }

    @Test("so is one of OpenSSL's making", arguments: [0, 20, 31, 33, 222, Int(RSA_PSS_SALTLEN_MAX)])
    func salts(count: Int) throws {
        let key = SigningKey.rsa2048
        let signature = key.signPSS(Self.message, saltCount: Int32(count))
        #expect(try key.verifying(.ps256).status(signature, of: Self.message) == .signature)
    }

    @Test func `MGF1 with another digest is refused`() throws {
        let key = SigningKey.rsa2048
        for mgf1 in SigningKey.Digest.allCases where mgf1 != .sha256 {
            let signature = key.signPSS(Self.message, saltCount: 32, mgf1: mgf1)
            #expect(try key.verifying(.ps256).status(signature, of: Self.message) == .signature)
        }
    }

    @Test func `each step refuses what it is there to refuse`() throws {
        // Step 4.
        for trailer in [0x00, 0xBB, 0xBD, 0xCC, 0x3C] as [UInt8] {
            #expect(try Self.status { $0.trailer = trailer } == .signature, "trailer \(trailer)")
        }
        // Step 10: every byte of the padding, the separator.
        for index in 0..<190 {
            // (The highest bit of the first byte is cleared in step 9, so it takes another one.)
            #expect(try Self.status { $0.padding = (index, 0x01) } == .signature, "padding \(index)")
        }
        for separator in [0x00, 0x02, 0x81, 0xFF] as [UInt8] {
            #expect(try Self.status { $0.separator = separator } == .signature, "separator \(separator)")
        }
        // Steps 11 to 14.
        #expect(try Self.status { $0.prefix[7] = 1 } == .signature)
        #expect(try Self.status { $0.prefix = [] } == .signature)
        #expect(try Self.status { $0.spoilsHash = true } == .signature)
    }

    @Test("the bits of EM that are not used are 0", arguments: [2049, 2050, 2053, 2055, 2056])
    func unusedBits(bits: Int) throws {
        // Step 6, and §8.1.2, step 2c, where the modulus has a byte more than EM. The modulus's bits are all set at its
        // start, so that the block is below it.
        let key = SigningKey.rsa(bits: bits)
        #expect(try Self.status(key) { _ in } == .ok)
        let highest = UInt8(1) << UInt8((bits - 1) % 8)
        for salt in 0..<UInt8(20) {
            var encoding = Encoding()
            encoding.salt[0] = salt
            if bits % 8 == 1 { encoding.leadingByte = 1 } else { encoding.highBits = highest }
            let block = try encoding.block(Self.message, modulusBits: bits)
            #expect(block[0] & highest != 0)
            #expect(try key.verifying(.ps256).status(key.sign(block: block), of: Self.message) == .signature)
        }
    }
}
