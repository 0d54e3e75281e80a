import CBoundary
import PaitifyVerifyHeader
import Verifier

extension paitify_decision {
    /// The decision as C has it. Borrowed, as the decision is.
    init(_ decision: borrowing Decision) {
        unsafe self.init()
        unsafe struct_size = UInt32(MemoryLayout<paitify_decision>.size)
        unsafe status = decision.status.rawValue
        unsafe at = decision.at
        unsafe amount = decision.amount
        unsafe max_amount = decision.maxAmount ?? 0
        let letters = decision.chargedCurrency.letters
        unsafe currency = (
            CChar(bitPattern: letters[0]), CChar(bitPattern: letters[1]), CChar(bitPattern: letters[2]), 0
        )
        unsafe merchant_id = paitify_bytes(decision.chargedMerchantID)
        unsafe transaction_id = paitify_bytes(decision.transactionIDBytes)
        unsafe key_id = paitify_bytes(decision.keyIDBytes)
        unsafe authorization_id = Self.text(decision.claim("jti"))
        unsafe agent_id = Self.text(decision.claim("sub"))
        unsafe company_id = Self.text(decision.claim("company"))
        unsafe withUnsafeMutableBytes(of: &token_sha256) { target in
            for index in decision.tokenSHA256.indices { unsafe target[index] = decision.tokenSHA256[index] }
        }
    }

    private static func text(_ claim: JSONTapeValue?) -> paitify_bytes {
        guard let claim else { return unsafe paitify_bytes() }
        return unsafe paitify_bytes(claim.utf8)
    }
}
