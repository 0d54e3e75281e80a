import Synchronization

@testable import Issuer

/// Two real issuers on their real storage code, with their time, their identifiers, their disk and their power in the
/// simulation's hands.
///
/// One history after the other takes place on it, each from the same beginning: a store with one company, its agents and
/// its keys. To open a store and to unseal keys takes longer than a whole history. So mostly a start is what it is to
/// SQLite, the recovery of the files as they are, and an issuer that remembers nothing, with the keys that are open; a
/// whole one now and then.
final class Machine {
    static let beginning = Instant(rfc3339: "2026-03-02T23:00:00.000Z")!.milliseconds

    let owner: Principal
    let agents: [AgentID]
    let time: SimulatedTime
    private(set) var store: SimulatedStore
    private(set) var issuer: Issuer
    /// Another on the same store, which remembers for itself.
    private(set) var other: Issuer
    /// A third, which adds up very little at a time.
    private(set) var counting: Issuer
    private var portions = Portions()
    private let disk: SimulatedDisk
    private let template: SimulatedDisk.Image
    private var starts: UInt64 = 0

    /// With keys of `algorithm`.
    init(signing algorithm: SignatureAlgorithm) async throws {
        (disk, time) = (SimulatedDisk.make(), SimulatedTime(Self.beginning))
        store = try SimulatedStore(on: disk)
        issuer = try await Self.open(store, time, makingIDsFrom: 0, signing: algorithm)
        (other, counting) = (issuer, issuer)
        let company = try await issuer.createCompany(name: Name("Acme"))
        owner = try await issuer.authenticate(apiKey: company.apiKey)
        var agents: [AgentID] = []
        for number in 0..<Schedule.agentCount {
            let draft = AgentDraft(name: try Name("Agent \(number)"))
            agents.append(try await issuer.createAgent(draft, as: owner, once: nil).result.get().id)
        }
        self.agents = agents
        // Closing leaves everything in the one file.
        try await issuer.close()
        template = disk.image(survivors: 0)
        try await startWhole()
    }

    /// Begins another history.
    func begin(_ portions: Portions) {
        (starts, time.now, self.portions) = (0, Self.beginning, portions)
        disk.load(template)
        start()
    }

    /// A new process on the files as the failure left them. `whole`: with everything opened anew.
    func startAgain(whole: Bool) async throws {
        guard let left = store.power.left else { return }
        starts += 1
        if whole { try await store.close() }
        disk.load(left)
        if whole { try await startWhole() } else { start() }
    }

    private func start() {
        store.power.plan(nil)
        let ids = Self.ids(from: firstID)
        func started(_ portions: Portions) -> Issuer {
            Issuer(
                store: store, settings: issuer.settings, masterKey: issuer.masterKey, keyRing: issuer.keyRing,
                clock: time.clock, ids: ids, portions: portions)
        }
        (issuer, other, counting) = (started(portions), started(portions), started(Portions(counted: 2)))
    }

    private func startWhole() async throws {
        store = try SimulatedStore(on: disk)
        issuer = try await Self.open(store, time, makingIDsFrom: firstID, signing: issuer.settings.signingAlgorithm)
        start()
    }

    /// No two processes of a history make the same.
    private var firstID: UInt64 { (starts + 1) << 32 }

    private static func open(
        _ store: any Store, _ time: SimulatedTime, makingIDsFrom first: UInt64, signing algorithm: SignatureAlgorithm
    ) async throws -> Issuer {
        try await Issuer.open(
            store: store,
            settings: IssuerSettings(issuerURL: "https://issuer.test", signingAlgorithm: algorithm, bcryptCost: 4),
            masterKey: try MasterKey(text: String(repeating: "5a", count: 32)), clock: time.clock, ids: ids(from: first)
        )
    }

    private static func ids(from first: UInt64) -> IDGenerator {
        let made = Atomic(first)
        return IDGenerator { _ in
            ULID(
                milliseconds: beginning, randomHigh: 0, randomLow: made.wrappingAdd(1, ordering: .relaxed).newValue)
        }
    }
}

/// A clock that the simulation moves.
final class SimulatedTime: Sendable {
    private let milliseconds: Atomic<Int64>

    init(_ milliseconds: Int64) { self.milliseconds = Atomic(milliseconds) }

    var now: Int64 {
        get { milliseconds.load(ordering: .relaxed) }
        set { milliseconds.store(newValue, ordering: .relaxed) }
    }

    var clock: Clock { Clock { Instant(milliseconds: self.now) } }
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
