@testable import Issuer

/// One schedule, carried out on the real issuer and on the reference, side by side.
struct Simulation {
    /// A request that a client sent, and what it knows of it.
    private struct Request {
        let operation: ReferenceLedger.Operation
        /// Which of the issuers is asked.
        let issuer: Int
        /// Most POSTs have one.
        let key: IdempotencyKey?
        /// Whether another request has had that key.
        var isKeyAnothers = false
        let sentAt: Int64
        let expected: ReferenceLedger.Outcome
        /// Where an authorization will be in the reference.
        let entry: Int?
        var answer: Client.Answer?
    }

    private let machine: Machine
    private let queue: OwnQueue
    private var schedule: Schedule
    private var reference: ReferenceLedger
    private var policies: [PolicyID] = []
    /// The issuer's names of the reference's entries.
    private var entries: [AuthorizationID] = []
    private var sent: [Request] = []

    init(seed: UInt64, on machine: Machine, _ queue: OwnQueue) async throws {
        (self.machine, self.queue) = (machine, queue)
        schedule = Schedule(seed: seed)
        reference = ReferenceLedger(
            policies: schedule.policies(), isSuspended: Array(repeating: false, count: Schedule.agentCount))
        machine.begin(schedule.portions)
        for policy in reference.policies {
            let terms = try PolicyTerms(policy, agents: machine.agents)
            policies.append(try await machine.issuer.createPolicy(terms, as: machine.owner, once: nil).result.get().id)
        }
    }

    mutating func run() async throws {
        let time = machine.time
        for number in 0..<schedule.groupCount {
            do {
                time.now = schedule.time(after: time.now, edges: reference.edges)
                try await runGroup(number)
            } catch let error as Difference {
                throw Difference("group \(number): \(error.description)")
            }
        }
        try await compareBooks()
    }

    private mutating func runGroup(_ number: Int) async throws {
        let (size, before) = (schedule.groupSize(), reference)
        let group = (0..<size).map { prepare($0, ofGroup: number, isLast: $0 == size - 1) }
        let power = machine.store.power
        power.plan(schedule.failure(size: group.count))
        let answers = await carryOut(group)
        let (wentOut, diskFailed) = (power.isOut, power.hasRefused)
        if !wentOut { power.plan(nil) }
        for (request, answer) in zip(group, answers) {
            try note(answer, to: request, mayBeMissing: wentOut || diskFailed)
        }
        let unanswered = group.indices.filter { answers[$0].isLost }.map { group[$0] }
        if wentOut {
            try await machine.startAgain(whole: schedule.startsWhole())
        } else if !unanswered.isEmpty, !answers.contains(.lost(isUnknown: true)), !schedule.asksAgain() {
            guard unanswered.count == group.count else { throw Difference("a commit failed, and some were answered") }
            // Nothing of it is there, in the store or in the issuers' memory.
            reference = before
            return
        }
        // Clients that got no answer ask again, with the same keys.
        for (request, answer) in zip(unanswered, await carryOut(unanswered)) {
            try note(answer, to: request, mayBeMissing: false)
        }
    }

    /// The next request of a group: a new one, or an earlier one again. The reference carries it out at once.
    private mutating func prepare(_ position: Int, ofGroup number: Int, isLast: Bool) -> Request {
        if let index = schedule.repeated(of: sent.count), let key = sent[index].key, hasAnswer(to: sent[index]) {
            reference.lapse(at: machine.time.now)
            let first = sent[index]
            return Request(
                operation: first.operation, issuer: schedule.issuer(), key: key, sentAt: first.sentAt,
                expected: first.expected, entry: first.entry, answer: first.answer)
        }
        if let index = schedule.reused(of: sent.count), let key = sent[index].key, hasAnswer(to: sent[index]) {
            // It is refused, and undone with all that it saw to first: the reference knows nothing of it.
            return Request(
                operation: sent[index].operation, issuer: schedule.issuer(), key: key, isKeyAnothers: true,
                sentAt: machine.time.now, expected: .keyReused, entry: nil, answer: nil)
        }
        let operation = schedule.operation(entries: entries.count)
        let expected = reference.apply(operation, at: machine.time.now)
        var (key, entry): (String?, Int?) = ("\(number)-\(position)", nil)
        switch operation {
        case .authorize: entry = reference.entries.count - 1
        case .approve, .deny: break
        // Where nothing has come after them, they may be asked again without one.
        case .confirm, .void: if isLast, schedule.omitsKey() { key = nil }
        case .replace, .suspend, .countAhead: key = nil
        }
        return Request(
            operation: operation, issuer: schedule.issuer(), key: key.flatMap { try? IdempotencyKey($0) },
            sentAt: machine.time.now, expected: expected, entry: entry, answer: nil)
    }

    /// Whether its answer is known and kept now.
    private func hasAnswer(to request: Request) -> Bool {
        let sentAt = request.sentAt
        return request.answer != nil && (sentAt...sentAt + 86_399_999).contains(machine.time.now)
    }

    /// Has the requests wait in their order and commits them as one group.
    private func carryOut(_ group: [Request]) async -> [Client.Answer] {
        let store = machine.store
        let client = Client(
            issuers: [machine.issuer, machine.other], counting: machine.counting, owner: machine.owner,
            agents: machine.agents, policies: policies, entries: entries)
        store.gather()
        var running: [Task<Client.Answer, Never>] = []
        for request in group {
            running.append(
                Task(executorPreference: queue) {
                    let answer = await client.send(
                        request.operation, key: request.key, isKeyAnothers: request.isKeyAnothers, to: request.issuer)
                    store.arrived()
                    return answer
                })
            await store.wait(forArrivals: running.count)
        }
        store.commit()
        var answers: [Client.Answer] = []
        for task in running { answers.append(await task.value) }
        return answers
    }

    /// Compares an answer with the reference's and, where the request was answered before, with that answer.
    private mutating func note(_ answer: Client.Answer, to request: Request, mayBeMissing: Bool) throws {
        if answer.isLost {
            guard mayBeMissing else { throw Difference("\(request.operation) was not answered") }
            return
        }
        if let first = request.answer {
            guard answer == first else {
                throw Difference("\(request.operation) again: \(answer), and before: \(first)")
            }
            return
        }
        guard answer.outcome == request.expected else {
            throw Difference("\(request.operation): \(answer), and not \(request.expected)")
        }
        if let entry = request.entry, case .issued(let issued) = answer {
            guard entry == entries.count else { throw Difference("entry \(entry) was answered out of its turn") }
            entries.append(issued.authorization.id)
        }
        guard !request.isKeyAnothers else { return }
        var answered = request
        answered.answer = answer
        sent.append(answered)
    }

    /// Everything that can be seen, in the issuer and in the reference.
    private mutating func compareBooks() async throws {
        reference.lapse(at: machine.time.now)
        let (issuer, owner) = (machine.issuer, machine.owner)
        for (agent, id) in machine.agents.enumerated() {
            for budget in try await [issuer, machine.other][agent % 2].budget(of: id, as: owner).budgets {
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
        // What was due has lapsed by now.
        let found = try await issuer.authorizations(
            AuthorizationFilter(), page: Page(limit: 200), as: owner
        ).items
        let known = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        for (entry, id) in zip(reference.entries, entries) {
            guard let found = known[id], found.status.rawValue == entry.state.rawValue,
                found.confirmedAmount == entry.confirmed
            else { throw Difference("\(id) is \(String(describing: known[id])), not \(entry)") }
        }
        let report = try await issuer.checkBooks()
        guard report.balances, report.authorizationCount == reference.entries.count else {
            throw Difference("the books: \(report)")
        }
    }
}

/// Where the issuer did not do as the reference.
struct Difference: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
