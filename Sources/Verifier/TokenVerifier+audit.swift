extension TokenVerifier {
    /// Decides, and tells the audit before the caller hears of it.
    func audited(
        by audit: any AuditSink, _ token: Span<UInt8>, _ charge: ChargeTerms, _ merchantID: Span<UInt8>,
        _ transactionID: Span<UInt8>, in memory: TokenMemory
    ) throws(VerifyError) -> (authorization: AuthorizationClaims, payload: TokenMemory.DecodedPart) {
        // Before the decision: one that could not be told of must not be made.
        let isRead = token.count <= Int(clamping: options.maxTokenBytes)
        let digest = isRead ? try sha256.digest(of: token) : SHA256.Digest(repeating: 0)
        memory.forget()
        let outcome = Result { () throws(VerifyError) in
            try decide(token, charge, merchantID, transactionID, in: memory)
        }
        let status: VerificationStatus =
            switch outcome {
            case .success: .ok
            case .failure(let error): error.status
            }
        unsafe merchantID.withUnsafeBufferPointer { merchant in
            unsafe transactionID.withUnsafeBufferPointer { transaction in
                audit.record(
                    unsafe Decision(
                        status: status, at: options.clock.wallSecondsOrNone, tokenSHA256: digest,
                        amount: charge.amount, chargedCurrency: charge.currency, chargedMerchantID: merchant,
                        transactionIDBytes: transaction, claims: memory.signedClaims, keyIDBytes: memory.keyID))
            }
        }
        return try outcome.get()
    }
}
