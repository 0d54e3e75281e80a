/// What a token says: the claims of an authorization that was decided, as JSON text.
///
/// Written once, while the decision is recorded, and kept: signing the same text again gives the same token.
enum TokenClaims {
    /// The payload with the header's `typ`, which must agree with it, and the key it is recorded under.
    static func signed(
        for authorization: Authorization, issuer: String, company: CompanyID, issuedAt: Instant, kid: String
    ) -> SignedClaims {
        SignedClaims(
            kid: kid, typ: isApproval(authorization) ? .authorization : .denial,
            payload: payload(for: authorization, issuer: issuer, company: company, issuedAt: issuedAt))
    }

    /// The claims in a fixed order. `issuer` is the issuer's URL; `issuedAt` is when it was decided.
    ///
    /// A held request has no token: nobody has decided yet.
    static func payload(
        for authorization: Authorization, issuer: String, company: CompanyID, issuedAt: Instant
    ) -> String {
        let approved = isApproval(authorization)
        var writer = JSONWriter(capacity: 1024)
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("sub", authorization.agentID.text)
            // A processor that checks only the signature and the audience must not take a denial for an approval.
            claims.member(
                "aud", approved ? authorization.audience?.text ?? Audience.anyProcessor : Audience.denied)
            claims.member("iat", issuedAt.seconds)
            claims.member("nbf", issuedAt.seconds)
            claims.member("exp", authorization.expiresAt.seconds)
            claims.member("jti", authorization.id.text)
            claims.member("decision", (approved ? Decision.approved : .denied).rawValue)
            claims.member("company", company.text)
            claims.member("env", authorization.environment.rawValue)
            // On a denial, nothing can be taken for a limit.
            if approved { claims.member("max_amount", authorization.money.minorUnits) }
            claims.member("currency", authorization.money.currency.text)
            if let merchant = authorization.merchant { write(merchant, to: &claims) }
            if approved, let approval = authorization.approval, approval.approved { write(approval, to: &claims) }
            write(authorization.policies, to: &claims)
            if !approved { write(reasonCodes: authorization.reasons, to: &claims) }
        }
        return writer.text
    }

    private static func isApproval(_ authorization: Authorization) -> Bool {
        switch authorization.decision {
        case .approved: true
        case .denied: false
        case .pendingApproval: preconditionFailure("a held request has no token")
        }
    }

    private static func write(_ merchant: Merchant, to claims: inout JSONWriter) {
        claims.member("merchant") {
            $0.memberIfPresent("id", merchant.id)
            $0.memberIfPresent("name", merchant.name)
            $0.memberIfPresent("category", merchant.category?.text)
            $0.memberIfPresent("country", merchant.country?.text)
        }
    }

    private static func write(_ approval: ApprovalRecord, to claims: inout JSONWriter) {
        claims.member("approval") {
            $0.member("kind", "human")
            $0.member("by", approval.by)
            $0.member("at", approval.at.seconds)
        }
    }

    private static func write(_ policies: [EvaluatedPolicy], to claims: inout JSONWriter) {
        claims.member("policies", array: policies) { list, policy in
            list.object {
                $0.member("id", policy.id.text)
                $0.member("version", policy.version)
                $0.member("effect", policy.effect.rawValue)
            }
        }
    }

    /// Codes only: no limit, figure or personal data is in a token. Each once, first cause first.
    private static func write(reasonCodes reasons: [Reason], to claims: inout JSONWriter) {
        var written: Set<ReasonCode> = []
        let codes = reasons.map(\.code).filter { written.insert($0).inserted }
        claims.member("reasons", texts: codes.map(\.rawValue))
    }
}
