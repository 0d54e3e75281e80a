/// The key of whoever operates the issuer, as its SHA-256: enough to know it by, and nothing to leak.
public struct OperatorKey: Sendable {
    /// Fewer characters could be guessed.
    public static let charactersMin = 32

    private let digest: [UInt8]

    /// Nil unless `text` is 32 to 200 visible ASCII characters that cannot be taken for a company's API key.
    public init?(_ text: String) {
        guard (Self.charactersMin...200).contains(text.utf8.count), !text.hasPrefix("ag_"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        digest = Digest.sha256(text.utf8)
    }

    /// Takes the same time however much of it fits.
    public func fits(_ text: String) -> Bool { ConstantTime.areEqual(digest, Digest.sha256(text.utf8)) }
}

extension Principal {
    /// Who bears the operator's key: sees the issuer's own audit log, and may change the signing keys.
    static let issuerOperator = Principal(
        companyID: .issuer, environment: .live, credential: .operatorKey, scopes: [.read], keyVersion: 0)
}
