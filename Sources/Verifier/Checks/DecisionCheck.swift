/// The issuer's decision, which `typ` says already, on purpose: a mistake in either must not turn a no into a yes.
enum DecisionCheck {
    static func check(_ claims: Claims) throws(VerifyError) {
        guard try claims.string("decision").isString("APPROVED") else { throw VerifyError(.notApproved) }
    }
}
