internal import Foundation

/// A password as somebody typed it. Never printed, never stored.
///
/// bcrypt reads 72 bytes and stops at a NUL; a passphrase may be longer, and NIST SP 800-63B-4 section 3.1.1.2 wants 64
/// characters of any script taken whole. So what bcrypt gets is a digest: 43 characters, each of 6 bits. It begins with
/// words of our own, so that unsalted digests of passwords that leaked elsewhere are of no use here.
public struct Password: Sendable {
    public static let charactersMax = 256

    private let text: String

    /// Composed as NFKC, so that it is the same from every keyboard. Nil when it is longer than `charactersMax`.
    public init?(_ text: String) {
        guard text.unicodeScalars.count <= Self.charactersMax else { return nil }
        self.text = text.precomposedStringWithCompatibilityMapping
    }

    /// What bcrypt hashes.
    var digest: String { Base64URL.encode(Digest.sha256("paitify password:\(text)".utf8)) }

    /// Throws unless it may become somebody's: long enough, and none of those that are tried first.
    ///
    /// No rule asks for digits or capitals: SP 800-63B-4 forbids such rules, as they make passwords worse. `about` is what
    /// an attacker knows of its owner: the address, the company's name.
    func check(charactersMin: Int, about: [String]) throws(InvalidValue) {
        guard text.unicodeScalars.count >= charactersMin else {
            throw InvalidValue(
                code: .passwordTooShort,
                "must be at least \(charactersMin) characters long: a few words are easy to remember")
        }
        let folded = text.lowercased().filter { $0.isLetter || $0.isNumber }
        guard Set(folded).count >= 5, !Self.isKnown(folded), !Self.isRun(folded) else {
            throw InvalidValue(code: .passwordTooCommon, "is among the passwords that attackers try first")
        }
        for text in about {
            let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
            var rest: String = folded
            for word in [words.joined()] + words where word.count >= 4 { rest = rest.replacing(word, with: "") }
            guard rest.count >= min(6, folded.count) else {
                throw InvalidValue(
                    code: .passwordTooCommon, "must not be based on the email address or the company's name")
            }
        }
    }

    /// Whether it is nothing but one of the well-known ones, however often repeated, with at most four digits after it.
    private static func isKnown(_ folded: String) -> Bool {
        var rest = folded
        for word in known { rest = rest.replacing(word, with: "") }
        return rest.count <= 4 && (rest.isEmpty || rest.allSatisfy(\.isNumber))
    }

    /// Whether each character follows the one before it, as in `abcdefgh` or `87654321`, or the whole is one short text
    /// repeated.
    private static func isRun(_ folded: String) -> Bool {
        let scalars = folded.unicodeScalars.map { Int64($0.value) }
        let steps = Set(zip(scalars, scalars.dropFirst()).map { $1 - $0 })
        if steps.count <= 1 { return true }
        return (1...4).contains { length in
            zip(scalars, scalars.dropFirst(length)).allSatisfy { $0 == $1 }
        }
    }

    /// Longest first, so that none hides another.
    private static let known: [String] = [
        "thequickbrownfoxjumpsoverthelazydog", "correcthorsebatterystaple", "qwertyuiopasdfghjklzxcvbnm",
        "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p", "passwordpassword", "administrator", "letmeinplease",
        "1234567890", "0987654321", "1q2w3e4r5t", "changemenow", "qwertyuiop", "asdfghjkl", "supersecret", "iloveyou",
        "trustno1", "password", "passw0rd", "p4ssword", "p4ssw0rd", "baseball", "football", "princess", "sunshine",
        "superman", "changeme", "whatever", "1qaz2wsx", "zaq12wsx", "qazwsxedc", "letmein", "welcome", "paitify",
        "monkey", "dragon", "master", "secret", "qwerty", "qwertz", "azerty", "abc123", "123456", "654321", "admin",
        "login", "12345", "hallo", "hello", "test",
    ].sorted { $0.count > $1.count }
}

extension Password: Unprinted {
    public var description: String { "a password" }
}
