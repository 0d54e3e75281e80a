/// The key set as verifiers fetch it (RFC 7517 section 5), made once per change.
public struct JWKSDocument: Sendable, Equatable {
    /// `application/jwk-set+json`.
    public let body: [UInt8]
    /// A strong entity tag, quotation marks included (RFC 9110 section 8.8.3): the same for the same bytes only.
    public let etag: String
    /// For `Cache-Control`.
    public let maxAgeSeconds: Int64

    /// `keys` as JSON text. `sequence` lets a verifier refuse an older set than it has seen.
    init(keys: [String], sequence: Int64, maxAgeSeconds: Int64) {
        var writer = JSONWriter(capacity: 512 * (keys.count + 1))
        writer.object {
            $0.member("sequence", sequence)
            $0.member("keys", array: keys) { list, key in list.json(key) }
        }
        body = writer.bytes
        etag = "\"\(Base64URL.encode(Digest.sha256(writer.bytes)))\""
        self.maxAgeSeconds = maxAgeSeconds
    }
}
