/// What a token allows: at most this much, in this currency, at this merchant.
struct SpendLimit: Sendable {
    /// The largest integer that every JSON reader keeps exactly (RFC 8259 §6).
    static let amountMax: Int64 = 9_007_199_254_740_991

    let maxAmount: Int64
    let currency: CurrencyCode
    /// The merchant's `id`, or nil where the token names none.
    let merchantID: JSONValue?

    init(_ claims: Claims) throws(VerifyError) {
        maxAmount = try claims.integer("max_amount")
        guard maxAmount >= 1, maxAmount <= Self.amountMax else {
            throw VerifyError(.claimType, "The token's max_amount claim is not an integer from 1 to 2^53 - 1.")
        }
        guard let currency = try claims.string("currency").withUTF8({ CurrencyCode($0) }) ?? nil else {
            throw VerifyError(.claimType, "The token's currency claim is not three capital letters.")
        }
        self.currency = currency
        merchantID = try Self.merchantID(of: claims)
    }

    /// Compares what is about to be charged: this is what enforces the limit.
    func check(_ charge: Charge) throws(VerifyError) {
        // The currency first: amounts of two currencies cannot be compared.
        guard charge.currency == currency else { throw VerifyError(.currency) }
        switch charge.matching {
        case .atMost:
            guard charge.amount <= maxAmount else {
                throw VerifyError(.amount, "The charge is \(charge.amount), and the token allows at most \(maxAmount).")
            }
        case .exactly:
            guard charge.amount == maxAmount else {
                throw VerifyError(.amount, "The charge is \(charge.amount), and it has to be exactly \(maxAmount).")
            }
        }
        if charge.comparesMerchant, let merchantID {
            guard merchantID.isString(charge.merchantID) else { throw VerifyError(.merchant) }
        }
    }

    private static func merchantID(of claims: Claims) throws(VerifyError) -> JSONValue? {
        guard let merchant = claims.object["merchant"] else { return nil }
        guard merchant.kind == .object else {
            throw VerifyError(.claimType, "The token's merchant claim is no object.")
        }
        guard let id = merchant["id"] else { return nil }
        guard id.withUTF8({ !$0.isEmpty }) == true else {
            throw VerifyError(.claimType, "The token's merchant.id is no string, or an empty one.")
        }
        return id
    }
}
