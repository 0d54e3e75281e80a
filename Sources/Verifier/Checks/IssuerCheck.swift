/// RFC 8725 §3.8: the keys are one issuer's, so the token has to be by that issuer, to the letter.
enum IssuerCheck {
    static func check(_ claims: Claims, issuer: [UInt8]) throws(VerifyError) {
        guard try claims.string("iss").isString(issuer.span) else { throw VerifyError(.issuer) }
    }
}
