/// What a kind of identifier is called on the wire: the part before the underscore.
public protocol IDKind: Sendable {
    static var prefix: String { get }
}

/// An identifier such as `agt_01k3v…`: a prefix that says what it names and a ULID that says when it was made.
///
/// Identifiers of different kinds are different types, so that a mix-up does not compile. To clients they are opaque.
public struct ID<Kind: IDKind>: Hashable, Sendable {
    public let text: String

    public init(_ ulid: ULID) {
        text = "\(Kind.prefix)_\(ulid.text)"
    }

    /// Nil unless `text` is this kind's prefix, an underscore and 26 characters of a ULID in lower case.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count == Kind.prefix.utf8.count + 1 + ULID.textLength else { return nil }
        let (name, ulid) = (bytes.dropLast(ULID.textLength), bytes.suffix(ULID.textLength))
        guard name.dropLast().elementsEqual(Kind.prefix.utf8), name.last == UInt8(ascii: "_"),
            ulid.allSatisfy(ULID.isCharacter)
        else { return nil }
        self.text = text
    }
}

extension ID: CustomStringConvertible {
    public var description: String { text }
}

extension ID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a \(Kind.prefix)_ identifier")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

public enum CompanyKind: IDKind { public static let prefix = "co" }
public enum AgentKind: IDKind { public static let prefix = "agt" }
public enum PolicyKind: IDKind { public static let prefix = "pol" }
public enum AuthorizationKind: IDKind { public static let prefix = "auth" }
public enum APIKeyKind: IDKind { public static let prefix = "key" }
public enum UserKind: IDKind { public static let prefix = "usr" }
public enum SessionKind: IDKind { public static let prefix = "ses" }
public enum InvitationKind: IDKind { public static let prefix = "inv" }

public typealias CompanyID = ID<CompanyKind>
extension CompanyID {
    /// No company, but the issuer itself: under this name stand the operator's requests and the audit log of the signing
    /// keys, which belong to no company.
    public static let issuer = CompanyID(ULID(milliseconds: 0, randomHigh: 0, randomLow: 0))
}

public typealias AgentID = ID<AgentKind>
public typealias PolicyID = ID<PolicyKind>
public typealias AuthorizationID = ID<AuthorizationKind>
public typealias APIKeyID = ID<APIKeyKind>
public typealias UserID = ID<UserKind>
public typealias SessionID = ID<SessionKind>
public typealias InvitationID = ID<InvitationKind>
