/// What a token allows: at most this much, in this currency, at this merchant.
struct SpendLimit: Sendable {
    /// The largest integer that every JSON reader keeps exactly (RFC 8259 §6).
    static let amountMax: Int64 = 9_007_199_254_740_991

    let maxAmount: Int64
    let currency: CurrencyCode
    /// The merchant's `id`, or nil where the token names none.
    let merchantID: JSONTapeValue?

    init(_ claims: Claims) throws(VerifyError) {
        maxAmount = try claims.integer("max_amount")
        guard maxAmount >= 1, maxAmount <= Self.amountMax else {
            throw VerifyError(.claimType, .claim("max_amount", "is not an integer from 1 to 2^53 - 1"))
        }
        guard let currency = unsafe CurrencyCode(try claims.string("currency").utf8.span) else {
            throw VerifyError(.claimType, .claim("currency", "is not three capital letters"))
        }
        self.currency = currency
        merchantID = try Self.merchantID(of: claims)
    }

    /// Compares what is about to be charged: this is what enforces the limit.
    func check(_ charge: ChargeTerms, merchantID chargedMerchant: Span<UInt8>) throws(VerifyError) {
        // The currency first: amounts of two currencies cannot be compared.
        guard charge.currency == currency else { throw VerifyError(.currency) }
        switch charge.matching {
        case .atMost:
            guard charge.amount <= maxAmount else {
                throw VerifyError(.amount, .amount(charged: charge.amount, allowed: maxAmount, exactly: false))
            }
        case .exactly:
            guard charge.amount == maxAmount else {
                throw VerifyError(.amount, .amount(charged: charge.amount, allowed: maxAmount, exactly: true))
            }
        }
        if charge.comparesMerchant, let merchantID {
            guard merchantID.isString(chargedMerchant) else { throw VerifyError(.merchant) }
        }
    }

    private static func merchantID(of claims: Claims) throws(VerifyError) -> JSONTapeValue? {
        guard let merchant = claims.object["merchant"] else { return nil }
        guard merchant.kind == .object else {
            throw VerifyError(.claimType, .claim("merchant", "is no object"))
        }
        guard let id = merchant["id"] else { return nil }
        guard unsafe !id.utf8.isEmpty else {
            throw VerifyError(.claimType, .claim("merchant.id", "is no string, or an empty one"))
        }
        return id
    }
}
