/// What a processor is about to charge: what a token is compared with.
public struct Charge: Sendable {
    /// How the amount has to relate to the token's `max_amount`.
    public enum Matching: Sendable {
        case atMost
        case exactly
    }

    let terms: ChargeTerms
    let merchantID: [UInt8]
    let transactionID: [UInt8]

    /// Minor units of the currency; at least 1.
    public var amount: Int64 { terms.amount }

    /// - Parameters:
    ///   - amount: minor units of the currency, at least 1 (4200 is 42.00 USD).
    ///   - currency: ISO 4217, three capital letters.
    ///   - merchantID: must equal the token's `merchant.id` where the token names one.
    ///   - transactionID: the processor's own id of this charge: what a replay guard tells a retry of it by.
    ///   - matching: whether the amount may be less than the token allows (the default).
    ///   - comparesMerchant: false takes a token for any merchant; only for a processor that compares it by other
    ///     means.
    ///
    /// Throws `argument` for an amount or a currency that is none.
    public init(
        amount: Int64, currency: String, merchantID: String? = nil, transactionID: String? = nil,
        matching: Matching = .atMost, comparesMerchant: Bool = true
    ) throws(VerifyError) {
        let letters = Array(currency.utf8)
        terms = try ChargeTerms(
            amount: amount, currency: CurrencyCode(letters.span), matching: matching,
            comparesMerchant: comparesMerchant)
        self.merchantID = Array((merchantID ?? "").utf8)
        self.transactionID = Array((transactionID ?? "").utf8)
    }
}

/// A charge without its names, which are only ever borrowed: checking it takes no memory.
package struct ChargeTerms: Sendable {
    package let amount: Int64
    package let currency: CurrencyCode
    let matching: Charge.Matching
    let comparesMerchant: Bool

    /// Throws `argument` for an amount below 1, or no currency.
    package init(
        amount: Int64, currency: CurrencyCode?, matching: Charge.Matching, comparesMerchant: Bool
    ) throws(VerifyError) {
        guard amount >= 1 else {
            throw VerifyError(.argument, "The charge's amount is not positive; it is in minor units, at least 1.")
        }
        guard let currency else {
            throw VerifyError(.argument, "The charge's currency is not three capital letters (ISO 4217).")
        }
        self.amount = amount
        self.currency = currency
        self.matching = matching
        self.comparesMerchant = comparesMerchant
    }
}

/// The code of a currency: three capital letters (ISO 4217). Whether the currency exists is for the issuer to know.
package struct CurrencyCode: Sendable, Equatable {
    package let letters: InlineArray<3, UInt8>

    package init?(_ text: Span<UInt8>) {
        guard text.count == 3 else { return nil }
        for index in text.indices where !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(text[index]) { return nil }
        letters = [text[0], text[1], text[2]]
    }

    package static func == (one: CurrencyCode, other: CurrencyCode) -> Bool {
        one.letters.span.equals(other.letters.span)
    }
}
