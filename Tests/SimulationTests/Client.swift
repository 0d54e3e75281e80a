@testable import Issuer

/// Sends the issuers what a schedule says.
struct Client: Sendable {
    /// An answer, as a client can compare it with another.
    enum Answer: Equatable {
        case issued(IssuedAuthorization)
        case refused(String)
        case changed
        /// The store failed. Whether the request took effect all the same nobody knows, or it did not.
        case lost(isUnknown: Bool)

        var isLost: Bool {
            if case .lost = self { true } else { false }
        }
    }

    /// The two that share the store.
    let issuers: [Issuer]
    let counting: Issuer
    let owner: Principal
    let agents: [AgentID]
    let policies: [PolicyID]
    /// The issuer's names of the reference's entries.
    let entries: [AuthorizationID]

    func send(
        _ operation: ReferenceLedger.Operation, key: IdempotencyKey?, isKeyAnothers: Bool, to issuer: Int
    ) async -> Answer {
        let once = key.map { key in
            OnceOnly(key: key, fingerprint: isKeyAnothers ? [0] : Array(key.text.utf8), requestID: "req_1")
        }
        do {
            return try await answer(to: operation, once, of: issuers[issuer])
        } catch IssuerError.storage(.commitUnknown) {
            return .lost(isUnknown: true)
        } catch IssuerError.storage(.unavailable) {
            return .lost(isUnknown: false)
        } catch {
            return .refused("\(error)")
        }
    }

    private func answer(
        to operation: ReferenceLedger.Operation, _ once: OnceOnly?, of issuer: Issuer
    ) async throws -> Answer {
        switch operation {
        case .authorize(let agent, let amount, let lifetime):
            let asked = try AuthorizationRequest(
                agentID: agents[agent], money: Money(minorUnits: amount, currency: CurrencyCode("USD")),
                lifetimeSeconds: lifetime)
            return .issued(try await issuer.authorize(asked, as: owner, once: once).result.get())
        case .confirm(let entry, let amount):
            return .issued(try await issuer.confirm(entries[entry], amount: amount, as: owner, once: once).result.get())
        case .void(let entry):
            return .issued(try await issuer.void(entries[entry], as: owner, once: once).result.get())
        case .approve(let entry):
            return .issued(try await issuer.approve(entries[entry], note: nil, as: owner, once: once).result.get())
        case .deny(let entry):
            return .issued(try await issuer.denyApproval(entries[entry], note: nil, as: owner, once: once).result.get())
        case .replace(let policy, let terms):
            let terms = try PolicyTerms(terms, agents: agents)
            _ = try await issuer.replacePolicy(policies[policy], with: terms, ifVersion: nil, as: owner)
            return .changed
        case .suspend(let agent, let suspended):
            let change = AgentChange(status: suspended ? .suspended : .active)
            _ = try await issuer.updateAgent(agents[agent], change, as: owner)
            return .changed
        case .countAhead(let limit, let agent):
            let now = issuer.now
            guard let period = Period.counted(by: limit.interval, at: now, in: .utc) else { return .changed }
            let key = CounterKey(subject: agent.map { .agent(agents[$0]) } ?? .company, period: period)
            let backlog = Backlog.counters([key], agent: agents[agent ?? 0], currency: try CurrencyCode("USD"))
            _ = try await IssuerError.mapping { try await counting.step(backlog, of: owner) }
            return .changed
        }
    }
}

extension Client.Answer {
    /// What the reference would say of it; nil for what it never says.
    var outcome: ReferenceLedger.Outcome? {
        switch self {
        case .issued(let issued):
            ReferenceLedger.State(rawValue: issued.authorization.status.rawValue).map {
                .became($0, confirmed: issued.authorization.confirmedAmount)
            }
        case .refused(let error) where error.hasPrefix("invalidState"): .invalidState
        case .refused(let error) where error.hasPrefix("confirmExceedsAuthorized"): .tooMuch
        case .refused("idempotencyKeyReused"): .keyReused
        case .refused: nil
        case .changed: .changed
        case .lost: nil
        }
    }
}

extension ReferenceLedger.Limit {
    fileprivate var interval: Interval {
        switch self {
        case .day: .daily
        case .week: .weekly
        case .month: .monthly
        case .year: .yearly
        case .ever: .allTime
        case .hour: .rolling(seconds: 3600)
        case .minute: .rolling(seconds: 60)
        }
    }
}
