import Verifier

/// What is recorded of a decision. Its bytes are borrowed, as the decision is; none are what is not known.
@safe package struct AuditEntry: ~Copyable {
    package var status: Int32 = 0
    package var at: Int64 = 0
    /// Zeros for a token that was not read.
    package var tokenSHA256 = InlineArray<32, UInt8>(repeating: 0)
    package var amount: Int64 = 0
    package var maxAmount: Int64 = 0
    package var currency = InlineArray<3, UInt8>(repeating: 0)
    package var merchantID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    package var transactionID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    package var keyID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    package var authorizationID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    package var agentID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    package var companyID = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)

    package init() {}

    init(_ decision: borrowing Decision) {
        status = decision.status.rawValue
        at = decision.at
        tokenSHA256 = decision.tokenSHA256
        amount = decision.amount
        maxAmount = decision.maxAmount ?? 0
        currency = decision.chargedCurrency.letters
        unsafe merchantID = decision.chargedMerchantID
        unsafe transactionID = decision.transactionIDBytes
        unsafe keyID = decision.keyIDBytes
        if let claim = decision.claim("jti") { unsafe authorizationID = claim.utf8 }
        if let claim = decision.claim("sub") { unsafe agentID = claim.utf8 }
        if let claim = decision.claim("company") { unsafe companyID = claim.utf8 }
    }
}
