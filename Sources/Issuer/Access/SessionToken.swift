/// What the browser of somebody who is signed in shows: whose company, and 256 random bits.
///
/// The company is no secret; naming it finds the session without a directory of all of them. Never printed.
public struct SessionToken: Sendable, Equatable {
    private static let secretBytes = 32
    private static let textCount = ULID.textLength + 1 + 43

    let companyID: CompanyID
    private let secret: String

    /// Nil unless `text` is exactly a token's shape.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count == Self.textCount, parts.count == 2,
            let companyID = CompanyID("\(CompanyKind.prefix)_\(parts[0])"),
            Base64URL.decode(anyAlphabet: parts[1])?.count == Self.secretBytes,
            !parts[1].contains(where: "+/=".contains)
        else { return nil }
        self.companyID = companyID
        secret = String(parts[1])
    }

    private init(companyID: CompanyID, secret: String) {
        self.companyID = companyID
        self.secret = secret
    }

    /// For the one answer that gives it to its owner.
    public var text: String { "\(companyID.text.suffix(ULID.textLength)).\(secret)" }

    /// By which the store knows it: 256 random bits cannot be guessed from their SHA-256.
    var digest: [UInt8] { Digest.sha256("paitify session:\(text)".utf8) }

    /// What every form of this session's pages bears, and no other page can know (the synchronizer token of OWASP's
    /// cheat sheet on CSRF). It holds in one environment: a form that was loaded in the other is refused.
    public func csrfToken(in environment: Environment) -> String {
        Base64URL.encode(Digest.sha256("paitify form:\(environment.rawValue):\(text)".utf8))
    }

    /// Takes the same time however much of it fits.
    public func isCSRFToken(_ text: String, in environment: Environment) -> Bool {
        ConstantTime.areEqual(Array(csrfToken(in: environment).utf8), Array(text.utf8))
    }

    static func random(for company: CompanyID) throws(IssuerError) -> SessionToken {
        SessionToken(companyID: company, secret: try RandomSecret.text())
    }
}

extension SessionToken: Unprinted {
    public var description: String { "session of \(companyID.text)" }
}

/// 256 random bits as text that can stand in a cookie and in an address.
public enum RandomSecret {
    public static func text() throws(IssuerError) -> String {
        do throws(KeyError) {
            return Base64URL.encode(try SecureRandom.bytes(count: 32))
        } catch {
            throw .signing("No secret can be made: \(error).")
        }
    }
}
