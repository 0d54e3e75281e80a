/// Whether the token was revoked. This version reads no revocation list, so a token that names one (`status`, OAuth Token
/// Status List) cannot be told good from revoked: that is neither a yes nor a no.
enum RevocationCheck {
    static func check(_ claims: JSONTapeValue) throws(VerifyError) {
        guard claims["status"] == nil else {
            throw VerifyError(
                .statusStale, "The token names a revocation list (status), and this version reads none.")
        }
    }
}
