import Foundation
import Synchronization

@testable import Issuer

/// One schedule, carried out on the real issuer and on the reference, side by side.
struct Simulation {
    static let groupCount = 8

    /// A request that a client sent, and what it knows of it.
    private struct Request {
        let operation: ReferenceLedger.Operation
        /// POSTs have one.
        let key: IdempotencyKey?
        let sentAt: Int64
        let expected: ReferenceLedger.Outcome
        /// Where an authorization will be in the reference.
        let entry: Int?
        var answer: Answer?
    }

    /// An answer, as a client can compare it with another.
    fileprivate enum Answer: Equatable {
        case issued(IssuedAuthorization)
        case refused(String)
        case changed
    }

    private let template: World.Template
    private let folder: String
    private var schedule: Schedule
    private var reference: ReferenceLedger
    private let time = SimulatedTime(World.start)
    private var store: SimulatedStore
    private var issuer: Issuer
    private var policies: [PolicyID] = []
    /// The issuer's names of the reference's entries.
    private var entries: [AuthorizationID] = []
    private var sent: [Request] = []

    init(seed: UInt64, template: World.Template, folder: String) async throws {
        self.template = template
        self.folder = folder
        schedule = Schedule(seed: seed)
        reference = ReferenceLedger(
            policies: schedule.policies(), isSuspended: Array(repeating: false, count: Schedule.agentCount))
        let path = folder + "/store"
        try FileManager.default.copyItem(atPath: template.path, toPath: path)
        store = try SimulatedStore(path: path)
        issuer = try await World.open(store, clock: time.clock, makingIDsFrom: 1_000_000)
        for policy in reference.policies {
            let terms = try PolicyTerms(policy, agents: template.agents)
            policies.append(try await issuer.createPolicy(terms, as: template.owner, once: nil).result.get().id)
        }
    }

    mutating func run() async throws {
        for number in 0..<Self.groupCount {
            do {
                time.now = schedule.time(after: time.now, edges: reference.edges)
                try await runGroup(number)
            } catch let error as Difference {
                throw Difference("group \(number): \(error.description)")
            }
        }
        try await compareBooks()
        try await store.close()
    }

    private mutating func runGroup(_ number: Int) async throws {
        let group = (0..<schedule.groupSize()).map { prepare($0, ofGroup: number) }
        store.power.plan(schedule.failure(size: group.count))
        let answers = await carryOut(group)
        let wentOut = store.power.isOut
        store.power.plan(nil)
        for (request, answer) in zip(group, answers) {
            try note(answer, to: request, mayBeMissing: wentOut)
        }
        guard wentOut else { return }
        try await startAgain()
        // Clients that got no answer ask again, with the same keys.
        let unanswered = group.indices.filter { answers[$0] == nil }.map { group[$0] }
        for (request, answer) in zip(unanswered, await carryOut(unanswered)) {
            try note(answer, to: request, mayBeMissing: false)
        }
    }

    /// The next request of a group: a new one, or an earlier one again. The reference carries it out at once.
    private mutating func prepare(_ position: Int, ofGroup number: Int) -> Request {
        if let index = schedule.repeated(of: sent.count), let key = sent[index].key, sent[index].answer != nil,
            (sent[index].sentAt...sent[index].sentAt + 86_399_999).contains(time.now)
        {
            reference.lapse(at: time.now)
            let first = sent[index]
            return Request(
                operation: first.operation, key: key, sentAt: first.sentAt, expected: first.expected,
                entry: first.entry, answer: first.answer)
        }
        let operation = schedule.operation(entries: entries.count)
        let expected = reference.apply(operation, at: time.now)
        var (key, entry): (String?, Int?) = ("\(number)-\(position)", nil)
        switch operation {
        case .authorize: entry = reference.entries.count - 1
        case .confirm, .void, .approve, .deny: break
        case .replace, .suspend: key = nil
        }
        return Request(
            operation: operation, key: key.flatMap { try? IdempotencyKey($0) }, sentAt: time.now, expected: expected,
            entry: entry, answer: nil)
    }

    /// Has the requests wait in their order and commits them as one group. Nil: no answer came.
    private func carryOut(_ group: [Request]) async -> [Answer?] {
        store.gather()
        var running: [Task<Answer?, Never>] = []
        for request in group {
            let (issuer, template, policies, entries, store) = (issuer, template, policies, entries, store)
            running.append(
                Task {
                    let answer = await Self.send(request, to: issuer, template, policies, entries)
                    store.arrived()
                    return answer
                })
            await store.wait(forArrivals: running.count)
        }
        store.commit()
        var answers: [Answer?] = []
        for task in running { answers.append(await task.value) }
        return answers
    }

    private static func send(
        _ request: Request, to issuer: Issuer, _ template: World.Template, _ policies: [PolicyID],
        _ entries: [AuthorizationID]
    ) async -> Answer? {
        let owner = template.owner
        let once = request.key.map { OnceOnly(key: $0, fingerprint: Array($0.text.utf8), requestID: "req_1") }
        do {
            switch request.operation {
            case .authorize(let agent, let amount, let lifetime):
                let asked = try AuthorizationRequest(
                    agentID: template.agents[agent], money: Money(minorUnits: amount, currency: CurrencyCode("USD")),
                    lifetimeSeconds: lifetime)
                return .issued(try await issuer.authorize(asked, as: owner, once: once).result.get())
            case .confirm(let entry, let amount):
                return .issued(
                    try await issuer.confirm(entries[entry], amount: amount, as: owner, once: once).result.get())
            case .void(let entry):
                return .issued(try await issuer.void(entries[entry], as: owner, once: once).result.get())
            case .approve(let entry):
                return .issued(try await issuer.approve(entries[entry], note: nil, as: owner, once: once).result.get())
            case .deny(let entry):
                return .issued(
                    try await issuer.denyApproval(entries[entry], note: nil, as: owner, once: once).result.get())
            case .replace(let policy, let terms):
                let terms = try PolicyTerms(terms, agents: template.agents)
                _ = try await issuer.replacePolicy(policies[policy], with: terms, ifVersion: nil, as: owner)
                return .changed
            case .suspend(let agent, let suspended):
                let change = AgentChange(status: suspended ? .suspended : .active)
                _ = try await issuer.updateAgent(template.agents[agent], change, as: owner)
                return .changed
            }
        } catch let error as IssuerError {
            if case .storage = error { return nil }
            return .refused("\(error)")
        } catch {
            return .refused("\(error)")
        }
    }

    /// Compares an answer with the reference's and, where the request was answered before, with that answer.
    private mutating func note(_ answer: Answer?, to request: Request, mayBeMissing: Bool) throws {
        guard let answer else {
            guard mayBeMissing else { throw Difference("\(request.operation) was not answered") }
            return
        }
        if let first = request.answer {
            guard answer == first else {
                throw Difference("\(request.operation) again: \(answer), and before: \(first)")
            }
            return
        }
        guard request.expected.fits(answer.summary) else {
            throw Difference("\(request.operation): \(answer), and not \(request.expected)")
        }
        if let entry = request.entry, case .issued(let issued) = answer {
            guard entry == entries.count else { throw Difference("entry \(entry) was answered out of its turn") }
            entries.append(issued.authorization.id)
        }
        var answered = request
        answered.answer = answer
        sent.append(answered)
    }

    /// A new process on the files as the failure left them.
    private mutating func startAgain() async throws {
        let path = store.path + "+"
        try await store.close()
        store = try SimulatedStore(path: path)
        issuer = try await World.open(store, clock: time.clock, makingIDsFrom: UInt64(path.utf8.count) << 32)
    }

    /// Everything that can be seen, in the issuer and in the reference.
    private mutating func compareBooks() async throws {
        reference.lapse(at: time.now)
        for (entry, id) in zip(reference.entries, entries) {
            let found = try await issuer.authorization(id, as: template.owner).authorization
            guard found.status.rawValue == entry.state.rawValue, found.confirmedAmount == entry.confirmed else {
                throw Difference("\(id) is \(found.status), confirmed \(found.confirmedAmount ?? 0), not \(entry)")
            }
        }
        for (agent, id) in template.agents.enumerated() {
            for budget in try await issuer.budget(of: id, as: template.owner).budgets {
                let whose = budget.scope == .agent ? agent : nil
                // A rolling limit's period has no end.
                let end = budget.interval.seconds == nil ? budget.resetsAt : nil
                let expected = reference.spent(
                    by: whose, from: budget.periodStart?.milliseconds ?? 0, to: end?.milliseconds ?? .max)
                let found = (budget.confirmed + budget.reserved, budget.confirmedCount + budget.reservedCount)
                guard found == expected else {
                    throw Difference("the \(budget.interval) budget of agent \(agent) is \(found), not \(expected)")
                }
            }
        }
        let report = try await issuer.checkBooks()
        guard report.balances, report.authorizationCount == reference.entries.count else {
            throw Difference("the books: \(report)")
        }
    }
}

extension ReferenceLedger.Outcome {
    /// Whether an answer says this.
    fileprivate func fits(_ answer: ReferenceLedger.Outcome?) -> Bool { answer == self }
}

extension Simulation.Answer {
    /// What the reference would say of it; nil for what it never says.
    fileprivate var summary: ReferenceLedger.Outcome? {
        switch self {
        case .issued(let issued):
            ReferenceLedger.State(rawValue: issued.authorization.status.rawValue).map {
                .became($0, confirmed: issued.authorization.confirmedAmount)
            }
        case .refused(let error) where error.hasPrefix("invalidState"): .invalidState
        case .refused(let error) where error.hasPrefix("confirmExceedsAuthorized"): .tooMuch
        case .refused: nil
        case .changed: .changed
        }
    }
}

/// Where the issuer did not do as the reference.
struct Difference: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A clock that the simulation moves.
final class SimulatedTime: Sendable {
    private let milliseconds: Mutex<Int64>

    init(_ milliseconds: Int64) { self.milliseconds = Mutex(milliseconds) }

    var now: Int64 {
        get { milliseconds.withLock { $0 } }
        set { milliseconds.withLock { $0 = newValue } }
    }

    var clock: Clock { Clock { Instant(milliseconds: self.now) } }
}
