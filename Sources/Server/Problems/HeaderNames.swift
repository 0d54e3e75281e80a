import HTTPTypes

extension HTTPField.Name {
    /// On what a page that lies open asks by itself.
    static let paitifyUnattended = Self("Paitify-Unattended")!
    static let apiKey = literal("X-API-Key")
    static let requestID = literal("X-Request-Id")
    static let lastEventID = literal("Last-Event-ID")
    static let idempotencyKey = literal("Idempotency-Key")
    static let idempotentReplayed = literal("Idempotent-Replayed")
    static let rateLimit = literal("RateLimit")
    static let rateLimitPolicy = literal("RateLimit-Policy")
    static let rateLimitLimit = literal("RateLimit-Limit")
    static let rateLimitRemaining = literal("RateLimit-Remaining")
    static let rateLimitReset = literal("RateLimit-Reset")

    static let paitifyEnvironment = literal("Paitify-Environment")
    static let csrfToken = literal("X-CSRF-Token")
    static let secFetchSite = literal("Sec-Fetch-Site")
    static let referrerPolicy = literal("Referrer-Policy")
    static let xFrameOptions = literal("X-Frame-Options")
    static let crossOriginOpenerPolicy = literal("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = literal("Permissions-Policy")

    /// For names written here in the source: a wrong one would be a bug, found at the first start.
    private static func literal(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
