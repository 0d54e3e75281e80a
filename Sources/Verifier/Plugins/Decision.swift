/// One verification that was asked for with a charge, and how it came out: what an audit is told.
///
/// It lasts as long as the call that brings it (hence no copies): what is to be kept is copied out.
@safe public struct Decision: ~Copyable {
    /// What the verification returns, or throws.
    public let status: VerificationStatus
    /// When it was decided, in Unix seconds; -1 where the clock failed.
    public let at: Int64
    /// The SHA-256 of the token, which itself is never told: whoever has it could charge it. Zeros of a token that is
    /// longer than is read.
    public let tokenSHA256: InlineArray<32, UInt8>
    /// The charge's amount, in minor units.
    public let amount: Int64
    package let chargedCurrency: CurrencyCode
    @unsafe package let chargedMerchantID: UnsafeBufferPointer<UInt8>
    @unsafe package let transactionIDBytes: UnsafeBufferPointer<UInt8>
    /// The token's claims, if its signature holds.
    let claims: JSONTapeValue?
    /// The `kid` of the key that verified the signature; empty if none did.
    @unsafe package let keyIDBytes: UnsafeBufferPointer<UInt8>

    package func claim(_ name: StaticString) -> JSONTapeValue? { claims?[name] }

    /// The token's `max_amount`; nil unless its signature holds and it has one.
    public var maxAmount: Int64? { claim("max_amount")?.int64 }
    /// The token's `jti`; nil unless its signature holds and it has one.
    public var authorizationID: String? { claim("jti")?.string }
    /// The token's `sub`; nil unless its signature holds and it has one.
    public var agentID: String? { claim("sub")?.string }
    /// The token's `company`; nil unless its signature holds and it has one.
    public var companyID: String? { claim("company")?.string }
    /// The `kid` of the key that verified the signature; nil if none did.
    public var keyID: String? { unsafe keyIDBytes.isEmpty ? nil : String(decoding: keyIDBytes, as: UTF8.self) }
    /// The charge's currency.
    public var currency: String {
        String(copying: chargedCurrency.letters.span)
    }
    /// The charge's merchant; may be empty.
    public var merchantID: String { unsafe String(decoding: chargedMerchantID, as: UTF8.self) }
    /// The charge's transaction; may be empty.
    public var transactionID: String { unsafe String(decoding: transactionIDBytes, as: UTF8.self) }
}
