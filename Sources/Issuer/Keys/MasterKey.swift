/// The 256-bit key under which everything secret in the store is sealed. It is never stored beside what it seals.
public struct MasterKey: Sendable {
    static let byteCount = 32
    private static let expected =
        "expected 32 random bytes, as 64 hexadecimal digits or as 43 or 44 characters of base64"

    let secret: SecretBytes

    /// Reads 64 hexadecimal digits, or base64 with either alphabet, padded or not; white space around it is dropped.
    public init(text: String) throws(KeyError) {
        let trimmed = text.drop(while: \.isWhitespace)
        let digits = trimmed.prefix { !$0.isWhitespace }
        guard trimmed.dropFirst(digits.count).allSatisfy(\.isWhitespace) else {
            throw .masterKeyMalformed("white space inside the key: \(Self.expected)")
        }
        let bytes =
            digits.utf8.count == 2 * Self.byteCount ? Self.bytes(hex: digits) : Base64URL.decode(anyAlphabet: digits)
        guard let bytes else { throw .masterKeyMalformed("neither hexadecimal nor base64: \(Self.expected)") }
        guard bytes.count == Self.byteCount else {
            throw .masterKeyMalformed("\(bytes.count) bytes long: \(Self.expected)")
        }
        secret = try SecretBytes(bytes)
    }

    private init(_ secret: SecretBytes) {
        self.secret = secret
    }

    static func random() throws(KeyError) -> MasterKey {
        MasterKey(try SecretBytes(try SecureRandom.bytes(count: byteCount)))
    }

    /// 64 hexadecimal digits: only for the file that a new key is kept in.
    var hexadecimal: String {
        // In bounds: the collection's own iteration.
        unsafe secret.withBytes { bytes in
            unsafe bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    private static func bytes(hex digits: Substring) -> [UInt8]? {
        let values = digits.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: values.count - 1, by: 2) {
            guard let high = values[index], let low = values[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}

extension MasterKey: Unprinted {
    public var description: String { "MasterKey(not shown)" }
}
