/// The name that a client gives to one attempt, so that a retry of it is the same attempt.
///
/// 1 to 255 visible ASCII characters.
public struct IdempotencyKey: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("must be 1 to 255 visible ASCII characters")
        }
        self.text = text
    }
}

/// A request that must take effect once, however often it is sent.
public struct OnceOnly: Sendable {
    /// How long the first answer is kept: 24 hours.
    public static let retentionSeconds: Int64 = 86_400

    public let key: IdempotencyKey
    /// Tells one request from another under the same key: SHA-256 of method, path and body.
    public let fingerprint: [UInt8]
    /// What the first answer called the request; a replay says the same.
    public let requestID: String

    public init(key: IdempotencyKey, fingerprint: [UInt8], requestID: String) {
        self.key = key
        self.fingerprint = fingerprint
        self.requestID = requestID
    }
}

/// What became of a request, now or when it was first sent.
public struct Answered<Value: Sendable>: Sendable {
    /// A refusal is recorded, and replayed, like a success.
    public let result: Result<Value, IssuerError>
    public let replayed: Bool
    /// The first request's, when replayed: an answer rendered with it is equal to the first, byte for byte.
    public let requestID: String?
}
