import Testing

@testable import Verifier

@Suite struct `base64url` {
    @Test(
        "RFC 4648's vectors, without padding, both ways",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(bytes(encoded) == Array(plain.utf8))
        #expect(text(Array(plain.utf8)) == encoded)
    }

    @Test(
        "what is not canonical is refused",
        arguments: [
            "A", "AAAAA", "Zg==", "Zm8=", "Zh", "Zm9", "Zm-", "Z+8v", "Z/8v", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9vZ",
            "Zm9\u{00e9}",
        ])
    func refusals(_ encoded: String) {
        #expect(bytes(encoded) == nil)
    }

    @Test func `all 64 characters, and no other byte`() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        #expect((UInt8.min...UInt8.max).filter { Base64URL.isCharacter($0) } == alphabet.sorted())
        for (value, character) in alphabet.enumerated() {
            #expect(bytes([65, 65, 65, character]) == [0, 0, UInt8(value)])
        }
    }

    /// The longest of these lengths has two of the vectors that decode side by side, and what is left after them.
    @Test("every byte, wherever it stands, decodes to its value or is found foreign", arguments: [4, 16, 20, 32, 43])
    func everyByteEverywhere(length: Int) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for position in 0..<(length / 4 * 4) {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "A"), count: length)
                text[position] = byte
                var plain = [UInt8](repeating: 0, count: length * 6 / 8)
                guard let value = alphabet.firstIndex(of: byte) else {
                    #expect(bytes(text) == nil, "\(byte) at \(position)")
                    continue
                }
                for bit in 0..<6 where value & (0x20 >> bit) != 0 {
                    let place = position * 6 + bit
                    plain[place / 8] |= 0x80 >> UInt8(place % 8)
                }
                #expect(bytes(text) == plain, "\(byte) at \(position)")
            }
        }
    }

    /// Of every pair of last characters exactly the canonical ones decode: no byte string has two spellings.
    @Test func `one byte has one spelling`() {
        var spellings = 0
        for first in UInt8.min...UInt8.max where Base64URL.isCharacter(first) {
            for second in UInt8.min...UInt8.max where Base64URL.isCharacter(second) {
                guard let decoded = bytes([first, second]) else { continue }
                #expect(Array(text(decoded).utf8) == [first, second])
                spellings += 1
            }
        }
        #expect(spellings == 256)
    }

    @Test func `random bytes come back as they were`() {
        let seed = UInt64.random(in: .min ... .max)
        print("base64url seed: \(seed)")
        var random = SeededGenerator(seed: seed)
        for count in 0..<200 {
            let plain = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(bytes(text(plain)) == plain, "seed \(seed)")
        }
    }
}
