import Testing

@testable import Issuer

@Suite struct DigestTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let input: String
        let sha256: String
        var testDescription: String { "SHA-256 of \(input.utf8.count) bytes" }
    }

    @Test(
        "SHA-256 gives FIPS 180-4's answers",
        arguments: [
            Answer(input: "", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            Answer(input: "abc", sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            Answer(
                input: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                sha256: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        ])
    func knownAnswers(_ answer: Answer) {
        #expect(Digest.sha256(answer.input.utf8).map(hexadecimal).joined() == answer.sha256)
    }

    @Test("bytes that are not in one piece have the same digest")
    func lazyBytes() {
        let bytes = (0..<1000).lazy.map { UInt8(truncatingIfNeeded: $0) }
        #expect(Digest.sha256(bytes) == Digest.sha256(Array(bytes)))
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}

@Suite struct Base64URLTests {
    /// RFC 4648 section 10, without the padding.
    static let vectors = [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("encodes as RFC 4648 has it", arguments: vectors)
    func encodes(_ bytes: String, _ text: String) {
        #expect(Base64URL.encode(Array(bytes.utf8)) == text)
        #expect(Base64URL.decode(anyAlphabet: text) == Array(bytes.utf8))
    }

    @Test("uses the URL-safe alphabet and reads either")
    func alphabet() {
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
        #expect(Base64URL.decode(anyAlphabet: "+/+/") == [0xFB, 0xFF, 0xBF])
        #expect(Base64URL.decode(anyAlphabet: "Zg==") == Array("f".utf8))
    }

    @Test(
        "refuses what no bytes encode to",
        arguments: ["Z", "Zh", "Zm9", "Zg=", "Zg===", "=", "====", "Z=g=", "Zm9v====", "Zm 9v", "Zm9é"])
    func refuses(_ text: String) {
        #expect(Base64URL.decode(anyAlphabet: text) == nil)
    }
}
