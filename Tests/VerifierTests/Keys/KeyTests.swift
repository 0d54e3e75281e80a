import Testing

@testable import Verifier

@Suite struct `Keys` {
    @Test(
        "moduli of the right lengths alone are accepted",
        arguments: [
            (2047, false), (2048, true), (2049, true), (4095, true), (4096, true), (4097, false), (0, false),
            (8, false),
        ])
    func lengths(bits: Int, isAccepted: Bool) {
        // The highest and the lowest bit alone: no product of two primes, but the rule judges the length.
        var modulus = [UInt8](repeating: 0, count: (bits + 7) / 8)
        if bits > 0 {
            modulus[0] = 1 << UInt8((bits - 1) % 8)
            modulus[modulus.count - 1] |= 1
        }
        if isAccepted {
            #expect(throws: Never.self) { try KeyRules.checkRSA(modulus: modulus, exponent: [1, 0, 1]) }
        } else {
            #expect(throws: VerifyError(.weakKey)) { try KeyRules.checkRSA(modulus: modulus, exponent: [1, 0, 1]) }
        }
    }

    @Test func `no fresh key bears the ROCA mark`() throws {
        for key in [TestKey.shared, TestKey.other] {
            let root = try JSONDocument.parse(Array(key.jwk.utf8), maxDepth: 2).root
            #expect(!ROCA.marks(try #require(JWK(object: root).number("n"))))
        }
    }

    @Test func `powers of 65537 bear the ROCA mark`() {
        #expect(ROCA.marks([1]))
        #expect(ROCA.marks([1, 0, 1]))
        #expect(ROCA.marks([1, 0, 2, 0, 1]))
        #expect(!ROCA.marks([1, 0, 3]))
    }
}
