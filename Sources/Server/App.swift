import Dispatch
import Foundation
import Hummingbird
import HummingbirdCore
import Issuer
import Logging
import NIOCore
import PluginParts
import RedisClient
import ServiceLifecycle

/// Puts the program together. The only place that knows the real time, real randomness and the process's environment.
enum App {
    static func configuration() throws(ConfigurationError) -> Configuration {
        try Configuration(Variables(environment: ProcessInfo.processInfo.environment, dotEnv: dotEnv()))
    }

    /// The text of `.env` in the working folder, nil where there is none.
    private static func dotEnv() throws(ConfigurationError) -> String? {
        guard FileManager.default.fileExists(atPath: ".env") else { return nil }
        do {
            return try String(contentsOfFile: ".env", encoding: .utf8)
        } catch {
            throw ConfigurationError(
                variable: ".env", expected: "a readable UTF-8 file of NAME=value lines",
                shape: "one that cannot be read")
        }
    }

    static let clock = Clock { Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))) }

    /// Where this program lies.
    private static var program: String { Bundle.main.executablePath ?? CommandLine.arguments.first ?? "" }

    /// Nanoseconds of the clock that nobody sets.
    @Sendable static func uptime() -> Int64 { Int64(clamping: DispatchTime.now().uptimeNanoseconds) }

    /// The operator named the file, so what is wrong with it is wrong with the variable.
    private static func loadMasterKey(_ path: String) throws(ConfigurationError) -> MasterKey {
        do {
            return try MasterKey.load(file: path)
        } catch {
            throw ConfigurationError(
                variable: "PAITIFY_MASTER_KEY_FILE", expected: "the path of a file that holds the master key",
                shape: "\(error)")
        }
    }

    /// The master key that the configuration names.
    static func masterKey(_ configuration: Configuration, _ folder: DataFolder) throws -> MasterKey {
        switch configuration.masterKey {
        // A new one opens nothing that is sealed already; and it would lie where the lost one belongs.
        case .dataFolder where FileManager.default.fileExists(atPath: folder.storePath):
            try MasterKey.load(file: folder.masterKeyPath)
        case .dataFolder: try MasterKey.loadOrCreate(file: folder.masterKeyPath)
        case .file(let path): try loadMasterKey(path)
        case .given(let key): key
        }
    }

    /// The same, or a new one where it would be in the data folder and is not: for signing keys that are new as well.
    static func masterKeyOrNew(_ configuration: Configuration, _ folder: DataFolder) throws -> MasterKey {
        guard case .dataFolder = configuration.masterKey else { return try masterKey(configuration, folder) }
        return try MasterKey.loadOrCreate(file: folder.masterKeyPath)
    }

    /// The books as they are, whatever their schema. For SQLite's the caller has the folder's lock.
    static func openStore(
        _ configuration: Configuration, _ folder: DataFolder, observation: Observation = .none, crowd: Crowd = Crowd()
    ) throws -> any Store {
        switch configuration.store {
        case .sqlite: try SQLiteStore.open(path: folder.storePath, observation: observation, crowd: crowd)
        case .postgreSQL(let address, let connections):
            try PostgreSQLStore.open(
                address, connections: connections, random: { .random(in: .min ... .max) }, observation: observation)
        }
    }

    /// Opens the store in `folder`, whose lock the caller has.
    static func openIssuer(
        _ configuration: Configuration, _ folder: DataFolder, observation: Observation = .none
    ) async throws -> Issuer {
        if configuration.store.isSQLite { try await finishReseal(configuration, folder) }
        let masterKey = try masterKey(configuration, folder)
        let crowd = Crowd(cores: ProcessInfo.processInfo.activeProcessorCount)
        return try await Issuer.open(
            store: try openStore(configuration, folder, observation: observation, crowd: crowd),
            settings: configuration.issuer, masterKey: masterKey, clock: clock, ids: .random(),
            observation: observation, crowd: crowd)
    }

    /// A `paitify keys reseal` that was interrupted left the next master key in the folder. If the store is sealed with it
    /// already, all that was left to do was to put it in its place; else nothing had happened yet.
    private static func finishReseal(_ configuration: Configuration, _ folder: DataFolder) async throws {
        guard case .dataFolder = configuration.masterKey,
            let next = try MasterKey.loadNext(of: folder.masterKeyPath),
            FileManager.default.fileExists(atPath: folder.storePath)
        else { return }
        let store = try SQLiteStore.open(path: folder.storePath)
        let opens = try await store.closing { try await ResealKeys.opens($0, with: next) }
        if opens { try MasterKey.adoptNext(of: folder.masterKeyPath) }
    }

    /// The API, ready to listen.
    static func api(
        _ issuer: Issuer, _ configuration: Configuration, sharedRates: SharedRates? = nil,
        isStopping: @escaping @Sendable () -> Bool = { false }, metrics: Metrics, logger: Logger,
        onListening: @escaping @Sendable (any Channel) async -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        let limits = configuration.limits
        let rateLimits = RateLimits(configuration.rates, shared: sharedRates, now: uptime)
        let dashboard = try Dashboard(
            issuer: issuer, settings: configuration.dashboard, host: configuration.host, proxies: configuration.proxies,
            rateLimits: rateLimits, clock: clock, logger: logger, uptime: uptime)
        return Application(
            router: Routes.router(
                dashboard, limits: limits, rateLimits: rateLimits,
                documentation: DocumentationRoutes(
                    issuerURL: configuration.issuer.issuerURL,
                    swaggerUIFolder: configuration.swaggerUIFolder ?? SwaggerUI.usualFolder(program: program)),
                metrics: metrics, metricsAccess: configuration.metrics, isStopping: isStopping, logger: logger,
                makeRequestID: RequestID.random, random: SecureRandom.number),
            server: .guarded(limits, makeRequestID: RequestID.random, witness: witness(metrics, logger)),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax, logger: logger.quieter)
            ),
            onServerRunning: onListening,
            logger: logger.quieter)
    }

    /// Rate limits that all issuers share; nil where no server is named to share them on.
    static func sharedRates(_ configuration: Configuration, metrics: Metrics, logger: Logger) -> SharedRates? {
        guard let redis = configuration.redis else { return nil }
        return SharedRates(
            RateExchange { deadline throws(RedisFailure) in try redis.open(until: deadline) },
            metrics: metrics.sharedRates, now: uptime
        ) { why in
            let server: Logger.Metadata = ["server": "\(redis.place)"]
            if let why {
                logger.warning(
                    "rate limits are each issuer's own until Redis is back",
                    metadata: server.merging(["error": "\(why.words.string)"]) { $1 })
            } else {
                logger.notice("rate limits are shared on Redis", metadata: server)
            }
        }
    }

    /// Counts connections, and counts and writes down what their guards refuse.
    private static func witness(_ metrics: Metrics, _ logger: Logger) -> ConnectionWitness {
        ConnectionWitness(opened: metrics.connections.wasOpened, closed: metrics.connections.wasClosed) {
            problem, requestID in
            metrics.http.refused(status: problem.status.code)
            metrics.http.told(ofProblem: problem.code.rawValue)
            logger.info(
                "request",
                metadata: [
                    "requestId": "\(requestID)", "method": "none", "route": "none", "code": "\(problem.code.rawValue)",
                    "status": .number(problem.status.code),
                ])
        }
    }

    /// What operators ask through the socket in the data folder.
    static func admin(
        _ issuer: Issuer, _ folder: DataFolder, dashboardURL: String, metrics: Metrics, logger: Logger
    ) -> some ApplicationProtocol {
        Application(
            router: AdminRoutes.router(
                issuer: issuer, dashboardURL: dashboardURL, copies: BooksCopy(folder, makeName: RequestID.random),
                housekeeping: metrics.housekeeping,
                logger: logger, now: clock.now, makeRequestID: RequestID.random),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: folder.socketPath)),
            onServerRunning: { _ in folder.restrictSocket() },
            logger: logger.quieter)
    }
}
