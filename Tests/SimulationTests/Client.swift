@testable import Issuer

/// Sends the issuer what a schedule says.
struct Client: Sendable {
    /// An answer, as a client can compare it with another.
    enum Answer: Equatable {
        case issued(IssuedAuthorization)
        case refused(String)
        case changed
    }

    let issuer: Issuer
    let owner: Principal
    let agents: [AgentID]
    let policies: [PolicyID]
    /// The issuer's names of the reference's entries.
    let entries: [AuthorizationID]

    /// Nil: no answer came.
    func send(_ operation: ReferenceLedger.Operation, key: IdempotencyKey?, isKeyAnothers: Bool) async -> Answer? {
        let once = key.map { key in
            OnceOnly(key: key, fingerprint: isKeyAnothers ? [0] : Array(key.text.utf8), requestID: "req_1")
        }
        do {
            return try await answer(to: operation, once)
        } catch IssuerError.storage {
            return nil
        } catch {
            return .refused("\(error)")
        }
    }

    private func answer(to operation: ReferenceLedger.Operation, _ once: OnceOnly?) async throws -> Answer {
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
        }
    }
}
