/// A request of the past, and what became of it: as much as another policy needs to decide on it.
struct PastRequest: Sendable {
    let id: AuthorizationID
    let agentID: AgentID
    let money: Money
    let merchant: Merchant?
    let createdAt: Instant
    let decision: Decision
    let status: AuthorizationStatus
    /// What it was denied for; empty where it was not.
    let reasons: [Reason]
    /// A person decided on it.
    let hadApproval: Bool
    /// When its budget was reserved. Nil: never.
    let authorizedAt: Instant?
    let holdExpiresAt: Instant?
    let confirmedAmount: Int64?
    let isLate: Bool
    let resolvedAt: Instant?

    /// Whether money was set aside for it, whatever became of that later.
    var wasApproved: Bool { authorizedAt != nil }

    /// Whether it was denied, and by this policy alone.
    func wasDenied(onlyBy policy: PolicyID?) -> Bool {
        policy != nil && status == .denied && !reasons.isEmpty && reasons.allSatisfy { $0.policyID == policy }
    }

    /// What became of its reservation, and when.
    var changes: [(at: Instant, change: Spend)] {
        let amount = money.minorUnits
        guard let holdExpiresAt else { return [] }
        switch status {
        case .pending, .denied, .held: return []
        case .expired: return [(holdExpiresAt, .releasing(amount))]
        case .voided: return [(resolvedAt ?? holdExpiresAt, .releasing(amount))]
        case .confirmed where isLate:
            return [
                (holdExpiresAt, .releasing(amount)),
                (resolvedAt ?? holdExpiresAt, .confirmingLate(confirmedAmount ?? 0)),
            ]
        case .confirmed: return [(resolvedAt ?? holdExpiresAt, .confirming(confirmedAmount ?? 0, of: amount))]
        }
    }
}
