/// What a link is for: a token of one kind opens nothing of another.
public protocol LinkPurpose: Sendable {
    /// Part of what is hashed.
    static var name: String { get }
}

/// Joining a company.
public enum JoinPurpose: LinkPurpose { public static let name = "invitation" }
/// Setting another password.
public enum PasswordResetPurpose: LinkPurpose { public static let name = "password reset" }

public typealias InvitationToken = LinkToken<JoinPurpose>
public typealias PasswordResetToken = LinkToken<PasswordResetPurpose>

/// The secret of a link that is handed to one person and good once, of the same shape as a session's. Never printed; the
/// store has a hash of it.
public struct LinkToken<Purpose: LinkPurpose>: Sendable, Equatable {
    private let session: SessionToken

    /// Nil unless `text` is exactly a token's shape.
    public init?(_ text: String) {
        guard let session = SessionToken(text) else { return nil }
        self.session = session
    }

    private init(_ session: SessionToken) { self.session = session }

    var companyID: CompanyID { session.companyID }
    /// For the one answer that shows it.
    public var text: String { session.text }
    var digest: [UInt8] { Digest.sha256("paitify \(Purpose.name):\(text)".utf8) }

    static func random(for company: CompanyID) throws(IssuerError) -> LinkToken {
        LinkToken(try .random(for: company))
    }
}

/// As the answer is kept that showed it, sealed, for who asks again under the same idempotency key.
extension LinkToken: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let token = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a link's token")
        }
        self = token
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension LinkToken: Unprinted {
    public var description: String { "\(Purpose.name) at \(companyID.text)" }
}
