/// Everything in a PostgreSQL database, which any number of issuers share.
///
/// A lane a connection, and a company always on the same lane: so an issuer's requests of one company are committed in
/// groups, and its transactions of one company never wait for each other's locks. Other connections serve long reads.
public final class PostgreSQLStore: Store {
    /// How many connections there are.
    public struct Connections: Sendable {
        /// For companies' transactions.
        public var lanes = 8
        /// For long reads.
        public var readers = 2

        public init() {}

        public init(lanes: Int, readers: Int) {
            self.lanes = lanes
            self.readers = readers
        }
    }

    /// How long one statement may take at the server, where its settings name no time, in milliseconds.
    private static let statementMilliseconds = 10_000
    private static let readMilliseconds = 60_000

    private struct Track: Sendable {
        let lane: Lane
        let connection: PostgreSQLConnection
    }

    private let companies: [Track]
    /// For what belongs to no company.
    private let global: Track
    private let readers: [Track]

    /// Connects once, to see that it can. `random` gives 64 bits that nobody else gives.
    public static func open(
        _ address: PostgreSQLAddress, connections: Connections = Connections(),
        random: @escaping @Sendable () -> UInt64, observation: Observation = .none
    ) throws(StorageError) -> PostgreSQLStore {
        let store = PostgreSQLStore(address, connections, random, observation)
        do throws(PostgreSQLFailure) {
            try store.global.connection.connect()
        } catch {
            throw error.storageError
        }
        return store
    }

    private init(
        _ address: PostgreSQLAddress, _ connections: Connections, _ random: @escaping @Sendable () -> UInt64,
        _ observation: Observation
    ) {
        func writer(_ label: String) -> Track {
            let connection = PostgreSQLConnection(
                address, statementMilliseconds: Self.statementMilliseconds, random: random, observation: observation)
            let lane = Lane(
                label: "paitify.\(label)", observation: observation, rest: { connection.answerCommitted() },
                commit: { jobs in for group in Self.byCompany(jobs) { connection.commit(group) } })
            return Track(lane: lane, connection: connection)
        }
        companies = (0..<max(1, connections.lanes)).map { writer("lane.\($0)") }
        global = writer("global")
        readers = (0..<max(1, connections.readers)).map { number in
            let connection = PostgreSQLConnection(
                address, statementMilliseconds: Self.readMilliseconds, random: random, observation: observation)
            let lane = Lane(label: "paitify.reader.\(number)") { jobs in
                for job in jobs { connection.read(job) }
            }
            return Track(lane: lane, connection: connection)
        }
    }

    /// The jobs of each company together, each company's in their order. What belongs to none is a group by itself.
    private static func byCompany(_ jobs: ArraySlice<Lane.Job>) -> [ArraySlice<Lane.Job>] {
        var order: [CompanyID] = []
        var groups: [CompanyID: [Lane.Job]] = [:]
        var others: [ArraySlice<Lane.Job>] = []
        for job in jobs {
            guard let company = job.company else {
                others.append([job])
                continue
            }
            if groups[company] == nil { order.append(company) }
            groups[company, default: []].append(job)
        }
        return others + order.compactMap { groups[$0]?[...] }
    }

    public func transaction<Value: Sendable>(
        for company: CompanyID, foreseeing: [Foreseen],
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await companies[Self.place(of: company, among: companies.count)].lane
            .run(for: company, foreseeing: foreseeing, body)
    }

    public func read<Value: Sendable>(
        for company: CompanyID, _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        let track = readers.min { $0.lane.waitingCount < $1.lane.waitingCount } ?? readers[0]
        return try await track.lane.run(for: company, body)
    }

    public func globalTransaction<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await global.lane.run(body)
    }

    public var waitingCount: Int { (companies + [global]).reduce(0) { $0 + $1.lane.waitingCount } }

    public func close() async throws {
        for track in companies + readers + [global] {
            await track.lane.close()
            track.connection.close()
        }
    }

    // No company's.
    private static let othersStatement = Statement(
        """
        SELECT COUNT(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = (
            SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid())
        """)

    /// Connections that look like other issuers' of this database. To be asked before this store is used: its own count too.
    public func otherConnections() async throws -> Int64 {
        try await globalTransaction { tx in try tx.number(Self.othersStatement, []) }
    }

    /// The same for the life of the process (FNV-1a).
    private static func place(of company: CompanyID, among count: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in company.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(hash % UInt64(count))
    }
}
