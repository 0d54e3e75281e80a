/// A key document as it was fetched.
public struct FetchedKeys: Sendable {
    /// The JWKS document, byte for byte.
    public var document: [UInt8]
    /// When it was fetched, or last confirmed to be the current one, in Unix seconds.
    public var fetchedAt: Int64
    /// What its answer's Cache-Control said, if it said how long the document is fresh.
    public var maxAgeSeconds: UInt32?

    public init(document: [UInt8], fetchedAt: Int64, maxAgeSeconds: UInt32? = nil) {
        self.document = document
        self.fetchedAt = fetchedAt
        self.maxAgeSeconds = maxAgeSeconds
    }
}

/// Where an issuer's keys are fetched from.
public protocol KeySource: AnyObject, Sendable {
    /// Fetches the current document. May wait, within bounds of its own; so no verification calls it, but whoever
    /// refreshes the keys, by `TokenVerifier.refresh(from:)`.
    func fetch() throws(VerifyError) -> FetchedKeys
}
