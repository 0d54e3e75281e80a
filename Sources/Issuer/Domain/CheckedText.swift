/// Text that a person wrote, checked once, here. On the wire and in the store it is the bare string.
public protocol CheckedText: Hashable, Sendable, Codable {
    var text: String { get }
    init(_ text: String) throws(InvalidValue)
}

extension CheckedText {
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// What people call an agent, a policy, a key or a company: 1 to 100 visible characters.
public struct Name: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        try PlainText.check(text, charactersMax: 100)
        self.text = text
    }

    /// For names that are written in this program.
    init(known text: StaticString) {
        self.text = text.description
    }
}

/// What a spend or an agent is for, or why an approver decided so: 1 to 500 visible characters.
public struct Note: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        try PlainText.check(text, charactersMax: 500)
        self.text = text
    }
}

/// A processor that a token is meant for, as its `aud` names it: 1 to 200 visible characters.
public struct Audience: CheckedText {
    /// What a token says when the request names no processor.
    public static let anyProcessor = "paitify:processor"
    /// What a denial says, so that no processor takes it for its own.
    public static let denied = "paitify:denied"

    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        try PlainText.check(text, charactersMax: 200)
        guard text != Self.denied else { throw InvalidValue("\"\(Self.denied)\" is reserved for denials") }
        self.text = text
    }
}

/// The caller's own labels: at most 50 pairs, keys of 1 to 40 characters, values of at most 500.
public struct Metadata: Hashable, Sendable, Codable {
    public let pairs: [String: String]

    public init() {
        pairs = [:]
    }

    public init(_ pairs: [String: String]) throws(InvalidValue) {
        guard pairs.count <= 50 else { throw InvalidValue("must have at most 50 members") }
        for (key, value) in pairs {
            try PlainText.check(key, charactersMax: 40)
            guard value.unicodeScalars.count <= 500 else {
                throw InvalidValue("the value of \"\(key)\" must be at most 500 characters long")
            }
        }
        self.pairs = pairs
    }

    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode([String: String].self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(pairs)
    }
}
