import Testing

@testable import Issuer

@Suite struct SealingTests {
    private let key = KeyFixtures.masterKey
    private let secret = Array("a private key".utf8)

    @Test("what was sealed opens again", arguments: [0, 1, 15, 16, 17, 4096])
    func roundTrip(_ count: Int) throws {
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try Sealing.seal(plaintext, under: key, context: "test")
        #expect(sealed.count == 1 + 12 + count + 16)
        #expect(try Sealing.open(sealed, under: key, context: "test") == plaintext)
    }

    @Test("sealing twice gives different bytes that open alike")
    func fresh() throws {
        let (one, other) = (
            try Sealing.seal(secret, under: key, context: "c"), try Sealing.seal(secret, under: key, context: "c")
        )
        #expect(one != other)
        #expect(try Sealing.open(other, under: key, context: "c") == secret)
    }

    @Test("another master key does not open it")
    func otherKey() throws {
        let sealed = try Sealing.seal(secret, under: key, context: "c")
        #expect(throws: KeyError.sealBroken) {
            try Sealing.open(sealed, under: KeyFixtures.otherMasterKey, context: "c")
        }
    }

    @Test("another context does not open it", arguments: ["", "signing-key:a", "signing-key:bb", "signing-key:B"])
    func otherContext(_ context: String) throws {
        let sealed = try Sealing.seal(secret, under: key, context: "signing-key:b")
        #expect(throws: KeyError.sealBroken) { try Sealing.open(sealed, under: key, context: context) }
    }

    @Test("a single altered bit anywhere is noticed")
    func alteredBits() throws {
        let sealed = try Sealing.seal(secret, under: key, context: "c")
        for position in sealed.indices {
            for bit in 0..<8 {
                var altered = sealed
                altered[position] ^= 1 << UInt8(bit)
                #expect(throws: KeyError.sealBroken, "byte \(position), bit \(bit)") {
                    try Sealing.open(altered, under: key, context: "c")
                }
            }
        }
    }

    @Test("bytes cut off or added are noticed")
    func otherLengths() throws {
        let sealed = try Sealing.seal(secret, under: key, context: "c")
        for count in 0..<sealed.count {
            #expect(throws: KeyError.sealBroken) {
                try Sealing.open(Array(sealed.prefix(count)), under: key, context: "c")
            }
        }
        #expect(throws: KeyError.sealBroken) { try Sealing.open(sealed + [0], under: key, context: "c") }
    }
}
