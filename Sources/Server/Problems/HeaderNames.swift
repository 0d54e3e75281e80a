import HTTPTypes

extension HTTPField.Name {
    static let apiKey = literal("X-API-Key")
    static let requestID = literal("X-Request-Id")
    static let idempotencyKey = literal("Idempotency-Key")
    static let idempotentReplayed = literal("Idempotent-Replayed")

    /// For names written here in the source: a wrong one would be a bug, found at the first start.
    private static func literal(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
