/// Why a value from outside was refused: a stable code for programs and a sentence for people.
public struct InvalidValue: Error, Equatable, Sendable, Codable {
    public enum Code: String, Sendable, Codable, CaseIterable {
        case invalidValue = "INVALID_VALUE"
        case outOfRange = "OUT_OF_RANGE"
        case unknownCurrency = "UNKNOWN_CURRENCY"
        /// There is no room for another signing key.
        case tooManyKeys = "TOO_MANY_KEYS"
        /// The company has as many policies as it may have.
        case tooManyPolicies = "TOO_MANY_POLICIES"
        case required = "REQUIRED"
        /// A form has a field twice.
        case duplicateField = "DUPLICATE_FIELD"
        case passwordTooShort = "PASSWORD_TOO_SHORT"
        case passwordTooCommon = "PASSWORD_TOO_COMMON"
        /// Somebody else has changed it since it was read.
        case changedMeanwhile = "CHANGED_MEANWHILE"
    }

    public let code: Code
    public let message: String

    public init(code: Code = .invalidValue, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// Checks on text that a person or a program outside wrote.
enum PlainText {
    /// Refuses text that is empty, longer than `charactersMax` (Unicode scalars), or that holds control characters,
    /// line separators or invisible direction marks: what is shown to an approver must be what is compared.
    static func check(_ text: String, charactersMax: Int) throws(InvalidValue) {
        guard !text.isEmpty else { throw InvalidValue("must not be empty") }
        guard text.unicodeScalars.count <= charactersMax else {
            throw InvalidValue("must be at most \(charactersMax) characters long")
        }
        for scalar in text.unicodeScalars where isHidden(scalar) {
            throw InvalidValue(
                "must not contain control or invisible formatting characters (found U+\(String(scalar.value, radix: 16, uppercase: true)))"
            )
        }
    }

    /// Text from elsewhere as far as it can be shown: what `check` would refuse is left out. Nil where nothing is left.
    static func visible(_ text: String, charactersMax: Int) -> String? {
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isHidden($0) }.prefix(charactersMax)))
        return shown.isEmpty ? nil : shown
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        // Of most characters this is known without a search through Unicode's tables.
        if (0x20..<0x7f).contains(scalar.value) { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: true
        default: false
        }
    }
}

extension String {
    /// Whether there is a character in it that no text has: of those, engines take some for its end.
    public var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    }

    /// Asked before a code is looked up among those that are known: Swift's strings are equal when they are canonically
    /// equivalent, so "H\u{212A}D" with a Kelvin sign is found as "HKD", and is another currency to SQL and to a verifier.
    var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
