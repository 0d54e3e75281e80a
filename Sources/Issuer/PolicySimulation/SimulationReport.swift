/// What a policy would have said to the requests of a range of time.
public struct SimulationReport: Sendable {
    /// Requests, and what they asked for together, in minor units of the policy's currency.
    public struct Total: Sendable, Equatable {
        public var count: Int64 = 0
        public var amount: Int64 = 0

        mutating func add(_ amount: Int64) {
            count += 1
            self.amount = min(Spend.amountMax, self.amount) + amount
        }
    }

    /// What the policy would have changed.
    public enum Change: String, Sendable, CaseIterable {
        /// Approved then, denied by this policy.
        case newlyDenied = "NEWLY_DENIED"
        /// Decided without a person then, held by this policy.
        case newlyHeld = "NEWLY_HELD"
        /// Denied then by the policy that this one replaces and by no other, allowed by this one.
        case newlyAllowed = "NEWLY_ALLOWED"
        case none = "NONE"
    }

    public struct Affected: Sendable {
        public let id: AuthorizationID
        public let agentID: AgentID
        public let money: Money
        public let merchant: Merchant?
        public let createdAt: Instant
        /// As it stands.
        public let decision: Decision
        public let status: AuthorizationStatus
        public let wouldBe: Decision
        public let change: Change
        public let reasons: [Reason]
    }

    /// The most requests of one simulation, and the most that `affected` holds.
    public static let requestsMax = 50_000
    static let affectedMax = 200
    /// The longest range: 366 days.
    public static let rangeSecondsMax: Int64 = 366 * 86_400

    public let from: Instant
    public let to: Instant
    /// Up to when requests were tried: `to`, or where `requestsMax` were reached.
    public let evaluatedTo: Instant
    /// Whether all that was spent before `from` and still counted then was taken into account.
    public let isPriorComplete: Bool
    public private(set) var requests = Total()
    public private(set) var allowed = Total()
    public private(set) var denied = Total()
    public private(set) var held = Total()
    private(set) var changes: [Change: Total] = [:]
    /// Each request once for each code.
    public private(set) var byReason: [ReasonCode: Total] = [:]
    /// Those that it would have denied or held, or newly allowed, newest first: `affectedMax` at most of `affectedTotal`.
    public private(set) var affected: [Affected] = []
    public private(set) var affectedTotal: Int64 = 0
    /// Those alone of which it would have said otherwise than was decided, newest first: `affectedMax` at most.
    public private(set) var changed: [Affected] = []
    /// The others: what it would have denied or held as was done then.
    public private(set) var unchanged: [Affected] = []

    init(
        _ verdicts: [PolicySimulation.Verdict], replacing replaced: PolicyID?, from: Instant, to: Instant,
        evaluatedTo: Instant, isPriorComplete: Bool
    ) {
        self.from = from
        self.to = to
        self.evaluatedTo = evaluatedTo
        self.isPriorComplete = isPriorComplete
        for verdict in verdicts.reversed() { add(verdict, replacing: replaced) }
    }

    public var isComplete: Bool { evaluatedTo == to }

    /// What would have changed so.
    public func total(of change: Change) -> Total {
        changes[change] ?? Total()
    }

    private mutating func add(_ verdict: PolicySimulation.Verdict, replacing replaced: PolicyID?) {
        let (request, amount) = (verdict.request, verdict.request.money.minorUnits)
        requests.add(amount)
        switch verdict.decision {
        case .approved: allowed.add(amount)
        case .denied: denied.add(amount)
        case .pendingApproval: held.add(amount)
        }
        for code in Set(verdict.reasons.map(\.code)) { byReason[code, default: Total()].add(amount) }
        let change = Self.change(verdict, replacing: replaced)
        if change != .none { changes[change, default: Total()].add(amount) }
        guard verdict.decision != .approved || change != .none else { return }
        affectedTotal += 1
        let one = Affected(
            id: request.id, agentID: request.agentID, money: request.money, merchant: request.merchant,
            createdAt: request.createdAt, decision: request.decision, status: request.status,
            wouldBe: verdict.decision, change: change, reasons: verdict.reasons)
        if affected.count < Self.affectedMax { affected.append(one) }
        if change == .none {
            if unchanged.count < Self.affectedMax { unchanged.append(one) }
        } else if changed.count < Self.affectedMax {
            changed.append(one)
        }
    }

    private static func change(_ verdict: PolicySimulation.Verdict, replacing replaced: PolicyID?) -> Change {
        let wasFreed = verdict.request.wasDenied(onlyBy: replaced)
        switch verdict.decision {
        case .approved: return wasFreed ? .newlyAllowed : .none
        case .denied: return verdict.request.wasApproved ? .newlyDenied : .none
        case .pendingApproval:
            return wasFreed || (verdict.request.wasApproved && !verdict.request.hadApproval) ? .newlyHeld : .none
        }
    }
}
