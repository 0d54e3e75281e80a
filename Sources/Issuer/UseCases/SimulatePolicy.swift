/// A policy to be tried on the past.
public struct SimulationDraft: Sendable {
    public let terms: PolicyTerms
    /// The policy in whose place it would have been.
    public let replaces: PolicyID?
    /// The requests made from this instant on, and before `to`.
    public let from: Instant
    public let to: Instant
    /// Nil: of every agent that the terms bind.
    public let agentID: AgentID?

    /// Refuses a range that is empty or longer than `SimulationReport.rangeSecondsMax`.
    public init(
        terms: PolicyTerms, replaces: PolicyID? = nil, from: Instant, to: Instant, agentID: AgentID? = nil
    ) throws(InvalidValue) {
        guard from < to else { throw InvalidValue("must be later than from") }
        guard to <= from.adding(seconds: SimulationReport.rangeSecondsMax) else {
            throw InvalidValue(code: .outOfRange, "must be at most 366 days after from")
        }
        self.terms = terms
        self.replaces = replaces
        self.from = from
        self.to = to
        self.agentID = agentID
    }
}

extension Issuer {
    /// Rows read at once, and steps done at once, between which others have their turn.
    private static let rowsAtOnce = 1000
    private static let stepsAtOnce = 500

    /// Tries a policy on requests of the past: what it alone would have said to each. Writes nothing.
    ///
    /// It may take a second or two of a processor, so two run at a time and the others wait. Throws `busy` where another of
    /// the company's is under way or waits, or too many do.
    public func simulate(
        _ draft: SimulationDraft, as principal: Principal
    ) async throws -> SimulationReport {
        try await simulate(draft, as: principal, requestsMax: SimulationReport.requestsMax)
    }

    /// The same with another bound on the requests, and on the earlier spends, that are looked at.
    func simulate(
        _ draft: SimulationDraft, as principal: Principal, requestsMax: Int
    ) async throws -> SimulationReport {
        let agent = draft.agentID ?? principal.agentID ?? draft.terms.agentID
        if let agent { try Self.check(agent, isFor: principal) }
        if let agent, let bound = draft.terms.agentID, agent != bound {
            throw IssuerError.invalid(field: "agentId", InvalidValue("must be the policy's own agent, or absent"))
        }
        try await look(at: agent, as: principal) { books in
            if let agent { _ = try Self.agent(agent, in: books) }
            if let replaced = draft.replaces { _ = try Self.policy(replaced, for: principal, in: books) }
        }
        return try await IssuerError.mapping {
            try await simulations.run(for: principal.companyID) {
                try await run(draft, agent, principal, requestsMax)
            }
        }
    }

    private func run(
        _ draft: SimulationDraft, _ agent: AgentID?, _ principal: Principal, _ most: Int
    ) async throws -> SimulationReport {
        let spends = try await priorSpends(draft, agent, principal, most)
        let (requests, evaluatedTo) = try await requests(draft, agent, principal, most)
        var simulation = PolicySimulation(
            draft.terms, replacing: draft.replaces, spends: Array(spends.prefix(most)), requests: requests)
        while simulation.advance(steps: Self.stepsAtOnce) { await Task.yield() }
        return SimulationReport(
            simulation.verdicts, replacing: draft.replaces, from: draft.from, to: draft.to, evaluatedTo: evaluatedTo,
            isPriorComplete: spends.count <= most)
    }

    /// The requests of the range, as many as there may be, and up to when that is.
    private func requests(
        _ draft: SimulationDraft, _ agent: AgentID?, _ principal: Principal, _ most: Int
    ) async throws -> ([PastRequest], evaluatedTo: Instant) {
        var (requests, lookedAt, last): ([PastRequest], Int, AuthorizationID?) = ([], 0, nil)
        let range = Period(start: draft.from, end: draft.to)
        repeat {
            let after = last
            let stretch = try await read(as: principal) { books in
                try PastRequests.requests(
                    in: range, of: agent, currency: draft.terms.currency, after: after,
                    limit: min(Self.rowsAtOnce, most), in: books)
            }
            requests += stretch.requests
            lookedAt += stretch.lookedAt
            last = stretch.last
            if last != nil, lookedAt >= most {
                // The last instant's may not all be there: who goes on from here gets them all.
                let end = requests.last?.createdAt ?? draft.from
                return (requests.filter { $0.createdAt < end }, end)
            }
        } while last != nil
        return (requests, draft.to)
    }

    /// What counts in the range and was asked for before it: spent before, or held then and approved within the range. One
    /// more than there may be tells that there is more.
    private func priorSpends(
        _ draft: SimulationDraft, _ agent: AgentID?, _ principal: Principal, _ most: Int
    ) async throws -> [PastRequest] {
        let start = draft.terms.limits.compactMap {
            Period.counted(by: $0.interval, at: draft.from, in: draft.terms.timeZone)?.start
        }.min()
        guard let start else { return [] }
        // Who is held longer than this lapses.
        let end = min(draft.to, draft.from.adding(seconds: settings.approvalLifetimeSeconds))
        var spends: [PastRequest] = []
        var stretch: [PastRequest]
        repeat {
            let last = spends.last
            stretch = try await read(as: principal) { books in
                try PastRequests.spends(
                    in: Period(start: start, end: end), askedBefore: draft.from, of: agent,
                    currency: draft.terms.currency, before: last,
                    limit: Self.rowsAtOnce, in: books)
            }
            spends += stretch
        } while stretch.count == Self.rowsAtOnce && spends.count <= most
        return spends
    }
}
