/// A whole API key as its owner holds it: `ag_live_` or `ag_test_`, 12 characters to look it up by, 32 that are secret.
///
/// 32 characters of base 62 are 190 bits. Never printed: `text` is for the one answer that shows a new key.
struct APIKeySecret: Sendable, Equatable {
    private static let clearCount = 12
    private static let secretCount = 32
    static let textCount = 8 + clearCount + secretCount
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    let text: String
    let environment: Environment

    /// Nil unless `text` is exactly a key's shape.
    init?(_ text: String) {
        guard text.utf8.count == Self.textCount,
            let environment = Environment.allCases.first(where: { text.hasPrefix(Self.opening($0)) }),
            text.utf8.dropFirst(8).allSatisfy(Self.isBase62)
        else { return nil }
        self.text = text
        self.environment = environment
    }

    private init(_ environment: Environment, _ characters: [UInt8]) {
        self.environment = environment
        text = Self.opening(environment) + String(decoding: characters, as: UTF8.self)
    }

    /// The part kept in the clear, with which the key is looked up.
    var prefix: String { String(text.prefix(8 + Self.clearCount)) }

    /// 32 bits that tell a wrong key from the right one without bcrypt, all but once in four thousand million times.
    ///
    /// What they give away leaves 158 bits to guess.
    var tag: [UInt8] { Array(Digest.sha256("paitify API key tag:\(text)".utf8).prefix(4)) }

    /// Takes the same time however much of it fits.
    func hasTag(_ other: [UInt8]) -> Bool { ConstantTime.areEqual(tag, other) }

    /// A key that nobody has seen.
    static func random(for environment: Environment) throws(IssuerError) -> APIKeySecret {
        do throws(KeyError) {
            return try random(for: environment) { count throws(KeyError) in try SecureRandom.bytes(count: count) }
        } catch {
            throw .signing("No API key can be made: \(error).")
        }
    }

    static func random(
        for environment: Environment, bytes: (Int) throws(KeyError) -> [UInt8]
    ) throws(KeyError) -> APIKeySecret {
        var characters: [UInt8] = []
        while characters.count < clearCount + secretCount {
            // 248 is 4 × 62: a byte over it would make the first 8 characters likelier than the others.
            for byte in try bytes(64) where byte < 248 && characters.count < clearCount + secretCount {
                characters.append(alphabet[Int(byte % 62)])
            }
        }
        return APIKeySecret(environment, characters)
    }

    private static func opening(_ environment: Environment) -> String {
        switch environment {
        case .live: "ag_live_"
        case .test: "ag_test_"
        }
    }

    private static func isBase62(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}

extension APIKeySecret: Unprinted {
    var description: String { "\(prefix)…" }
}
