import Foundation
import Synchronization

@testable import Issuer

/// A real issuer on its real storage code, with its time, its identifiers and its power in the simulation's hands.
enum World {
    /// A store with one company, its agents and its keys, made once and copied for each simulation: keys take long to make.
    struct Template: Sendable {
        let path: String
        let owner: Principal
        let agents: [AgentID]
    }

    static let start = Instant(rfc3339: "2026-03-02T23:00:00.000Z")!.milliseconds

    /// One whose tokens are signed again for a retry, and one whose signatures are recorded.
    static func makeTemplates(in folder: String) async throws -> [Template] {
        [try await makeTemplate(.edDSA, in: folder), try await makeTemplate(.es256, in: folder)]
    }

    private static func makeTemplate(_ algorithm: SignatureAlgorithm, in folder: String) async throws -> Template {
        let path = "\(folder)/\(algorithm)"
        let clock = Clock { Instant(milliseconds: start) }
        let issuer = try await open(SQLiteStore.open(path: path), clock: clock, makingIDsFrom: 0, signing: algorithm)
        let company = try await issuer.createCompany(name: Name("Acme"))
        let owner = try await issuer.authenticate(apiKey: company.apiKey)
        var agents: [AgentID] = []
        for number in 0..<Schedule.agentCount {
            let draft = AgentDraft(name: try Name("Agent \(number)"))
            agents.append(try await issuer.createAgent(draft, as: owner, once: nil).result.get().id)
        }
        // Closing leaves everything in the one file.
        try await issuer.close()
        return Template(path: path, owner: owner, agents: agents)
    }

    /// `signing`: with the keys that are made; a copy of a template has its keys.
    static func open(
        _ store: any Store, clock: Clock, makingIDsFrom first: UInt64, signing algorithm: SignatureAlgorithm = .es256
    ) async throws -> Issuer {
        let made = Mutex(first)
        return try await Issuer.open(
            store: store,
            settings: IssuerSettings(issuerURL: "https://issuer.test", signingAlgorithm: algorithm, bcryptCost: 4),
            masterKey: try MasterKey(text: String(repeating: "5a", count: 32)), clock: clock,
            ids: IDGenerator { _ in
                made.withLock { made in
                    made += 1
                    return ULID(milliseconds: start, randomHigh: 0, randomLow: made)
                }
            })
    }
}

extension PolicyTerms {
    init(_ policy: ReferenceLedger.Policy, agents: [AgentID]) throws {
        var limits: [SpendLimit] = []
        if let amount = policy.perAuthorization {
            limits.append(try SpendLimit(interval: .perAuthorization, amount: amount, count: nil))
        }
        if policy.daily != nil || policy.dailyCount != nil {
            limits.append(try SpendLimit(interval: .daily, amount: policy.daily, count: policy.dailyCount))
        }
        if let amount = policy.allTime {
            limits.append(try SpendLimit(interval: .allTime, amount: amount, count: nil))
        }
        if let amount = policy.hour {
            limits.append(try SpendLimit(interval: .rolling(seconds: 3600), amount: amount, count: nil))
        }
        if let count = policy.minuteCount {
            limits.append(try SpendLimit(interval: .rolling(seconds: 60), amount: nil, count: count))
        }
        self.init(
            name: try Name("Policy"), agentID: policy.agent.map { agents[$0] }, enabled: policy.isEnabled,
            currency: try CurrencyCode("USD"), limits: limits, counter: policy.countsPerAgent ? .perAgent : .shared,
            approvalAbove: policy.approvalAbove)
    }
}
