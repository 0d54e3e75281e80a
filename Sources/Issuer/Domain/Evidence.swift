/// What a decision was made under, kept beside it so that it can be explained, and made again.
///
/// What the policies say is not in it: every version of a policy is kept.
struct Evidence: Equatable, Sendable {
    /// When it was decided.
    let at: Instant
    let agentStatus: Agent.Status
    /// A person had approved: no threshold asked for one.
    let isApproved: Bool
    /// Those that had a say, shadows too, oldest first.
    let policies: [Version]
    /// Every counter that they looked at, before this request was counted.
    let counters: [Counted]

    struct Version: Equatable, Hashable, Sendable {
        let id: PolicyID
        let version: Int64
    }

    struct Counted: Equatable, Sendable {
        let key: CounterKey
        let spend: Spend
    }

    var spent: SpendSoFar {
        Dictionary(counters.map { ($0.key, $0.spend) }, uniquingKeysWith: { first, _ in first })
    }
}

/// In the store it is small, for it is written with every decision: lists without names, and one letter for the agent.
extension Evidence {
    private static let company = "*"
    private static let agent = "a"

    var json: String {
        var writer = JSONWriter(capacity: 256)
        writer.object { json in
            json.member("at", at.milliseconds)
            json.member("agent", agentStatus.rawValue)
            json.member("approved", isApproved)
            json.member("policies", array: policies) { json, policy in
                json.array(CollectionOfOne(policy)) { json, policy in
                    json.text(policy.id.text)
                    json.integer(policy.version)
                }
            }
            json.member("counters", array: counters) { json, counted in
                json.array(CollectionOfOne(counted), Self.write)
            }
        }
        return writer.text
    }

    private static func write(_ json: inout JSONWriter, _ counted: Counted) {
        json.text(counted.key.subject == .company ? company : agent)
        json.integer(counted.key.period.start.milliseconds)
        json.integer(counted.key.period.end.milliseconds)
        json.integer(counted.spend.reservedAmount)
        json.integer(counted.spend.reservedCount)
        json.integer(counted.spend.confirmedAmount)
        json.integer(counted.spend.confirmedCount)
    }

    /// Reads what `json` wrote. `agent` is the one that asked.
    init(_ stored: Stored, agent: AgentID) {
        at = stored.at
        agentStatus = stored.agent
        isApproved = stored.approved
        policies = stored.policies.map { Version(id: $0.id, version: $0.version) }
        counters = stored.counters.map { counter in
            Counted(
                key: CounterKey(
                    subject: counter.subject == Self.company ? .company : .agent(agent),
                    period: Period(start: counter.start, end: counter.end)),
                spend: counter.spend)
        }
    }

    /// The same as it is written.
    struct Stored: Decodable {
        let at: Instant
        let agent: Agent.Status
        let approved: Bool
        let policies: [StoredPolicy]
        let counters: [StoredCounter]
    }

    struct StoredPolicy: Decodable {
        let id: PolicyID
        let version: Int64

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            id = try list.decode(PolicyID.self)
            version = try list.decode(Int64.self)
        }
    }

    struct StoredCounter: Decodable {
        let subject: String
        let start: Instant
        let end: Instant
        let spend: Spend

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            subject = try list.decode(String.self)
            start = try list.decode(Instant.self)
            end = try list.decode(Instant.self)
            spend = Spend(
                reservedAmount: try list.decode(Int64.self), reservedCount: try list.decode(Int64.self),
                confirmedAmount: try list.decode(Int64.self), confirmedCount: try list.decode(Int64.self))
        }
    }
}
