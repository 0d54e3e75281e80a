/// Tries a policy on requests of the past: what it alone would have said to each. Pure, and the same every time.
///
/// Its limits count what was really spent, as far as it would have let that happen: a request that it denies counts
/// nothing, whatever was decided then; one that it would have held counts as if it had been approved.
struct PolicySimulation {
    /// What it would have said to one request.
    struct Verdict: Sendable {
        let request: PastRequest
        let decision: Decision
        let reasons: [Reason]
    }

    private enum Step {
        /// Asked for before the requests that are tried: counted, not judged.
        case spend(PastRequest)
        case request(PastRequest)
        /// Something becomes of what was reserved by the step of that number.
        case change(Int, Spend)
    }

    private let policy: Policy
    private let replaced: PolicyID?
    private var counters = SimulatedCounters()
    private var reservations: [Int: SimulatedCounters.Reservation] = [:]
    private var steps: ArraySlice<(number: Int, step: Step)>
    private(set) var verdicts: [Verdict] = []

    /// `spends` were asked for before `requests`. `replaced` is the policy in whose place this one would have been: what it alone
    /// denied would not have been denied.
    init(_ terms: PolicyTerms, replacing replaced: PolicyID?, spends: [PastRequest], requests: [PastRequest]) {
        var terms = terms
        (terms.enabled, terms.mode) = (true, .enforce)
        // It has no identifier of its own; its reasons are given without.
        let nobody = PolicyID(ULID(milliseconds: 0, randomHigh: 0, randomLow: 0))
        policy = Policy(
            id: replaced ?? nobody, version: 0, terms: terms, createdAt: Instant(seconds: 0),
            updatedAt: Instant(seconds: 0))
        self.replaced = replaced
        steps = Self.inOrder(spends: spends, requests: requests)[...]
    }

    /// Does the next so many steps. False when none is left.
    mutating func advance(steps count: Int) -> Bool {
        for (number, step) in steps.prefix(count) { run(step, number) }
        steps = steps.dropFirst(count)
        return !steps.isEmpty
    }

    private mutating func run(_ step: Step, _ number: Int) {
        switch step {
        case .spend(let spend):
            let at = spend.authorizedAt ?? spend.createdAt
            reservations[number] = counters.reserve(spend.money.minorUnits, at: at, in: keys(spend.agentID, at))
        case .request(let request):
            judge(request, number)
        case .change(let number, let change):
            if let reservation = reservations[number] { counters.change(reservation, by: change) }
        }
    }

    private mutating func judge(_ request: PastRequest, _ number: Int) {
        let keys = keys(request.agentID, request.createdAt)
        let ruling = PolicyEngine.decide(
            SpendRequest(
                agent: request.agentID, agentStatus: .active, money: request.money, merchant: request.merchant,
                isApproved: false),
            under: [policy], spent: counters.spent(keys), at: request.createdAt)
        verdicts.append(Verdict(request: request, decision: ruling.decision, reasons: ruling.reasons.map(unnamed)))
        guard ruling.decision != .denied, request.wasApproved || request.wasDenied(onlyBy: replaced) else { return }
        reservations[number] = counters.reserve(request.money.minorUnits, at: request.createdAt, in: keys)
    }

    private func keys(_ agent: AgentID, _ at: Instant) -> [CounterKey] {
        PolicyEngine.counters(for: [policy], agent: agent, at: at)
    }

    private func unnamed(_ reason: Reason) -> Reason {
        var reason = reason
        reason.policyID = replaced
        return reason
    }

    /// At one instant, what is released is released before anything is asked, as the ledger does it.
    private static func inOrder(spends: [PastRequest], requests: [PastRequest]) -> [(number: Int, step: Step)] {
        var all: [(at: Instant, isChange: Bool, number: Int, step: Step)] = []
        for spend in spends { add(spend, .spend(spend), at: spend.authorizedAt ?? spend.createdAt, to: &all) }
        for request in requests { add(request, .request(request), at: request.createdAt, to: &all) }
        all.sort { one, other in
            (one.at, one.isChange ? 0 : 1, one.number) < (other.at, other.isChange ? 0 : 1, other.number)
        }
        return all.map { ($0.number, $0.step) }
    }

    private static func add(
        _ request: PastRequest, _ step: Step, at: Instant,
        to all: inout [(at: Instant, isChange: Bool, number: Int, step: Step)]
    ) {
        let number = all.count
        all.append((at, false, number, step))
        // Nothing becomes of a spend before it is made, whatever the clocks said.
        for (when, change) in request.changes {
            all.append((max(when, at), when > at, all.count, .change(number, change)))
        }
    }
}
