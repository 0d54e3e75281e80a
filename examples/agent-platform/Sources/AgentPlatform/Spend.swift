/// What an agent wants to pay, as `POST /v1/authorize` takes it.
struct Spend: Encodable {
    struct Merchant: Encodable {
        let id: String
    }

    let agentId: String
    /// Minor units: 1999 is USD 19.99.
    let amount: Int64
    let currency: String
    let merchant: Merchant?
    let description: String
}

/// What the issuer answers.
struct Authorization: Decodable {
    enum Decision: String, Decodable {
        case approved = "APPROVED"
        case denied = "DENIED"
        case pendingApproval = "PENDING_APPROVAL"
    }

    struct Reason: Decodable {
        /// Stable. More may come, so it is no enumeration.
        let code: String
        let message: String
    }

    let id: String
    let decision: Decision
    let status: String
    let reasons: [Reason]
    let token: String?
    let confirmedAmount: Int64?
}

/// Every error of the API (RFC 9457).
struct Problem: Decodable, Error, CustomStringConvertible {
    let status: Int
    let code: String
    let detail: String
    let requestId: String

    var description: String { "\(code): \(detail) (\(requestId))" }
}
