/// When a person must decide.
enum ApprovalRule {
    static func reasons(for request: SpendRequest, by policy: Policy) -> [Reason] {
        guard !request.isApproved, let most = policy.terms.approvalAbove, request.money.minorUnits > most else {
            return []
        }
        return [
            Reason(
                code: .approvalRequired, policyID: policy.id,
                message:
                    "\"\(policy.terms.name.text)\" requires approval above \(policy.terms.amount(most))."
            )
        ]
    }
}
