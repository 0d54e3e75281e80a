import ArgumentParser
import Foundation
import Hummingbird
import Issuer
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `paitify serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the API until it is told to stop (SIGTERM or Ctrl-C).",
        discussion: """
            Listens on PAITIFY_HOST and PAITIFY_PORT (127.0.0.1:8080). With port 0 any free port is taken; the log's \
            "listening" line and the file paitify.url in the data folder say which.
            """)

    /// Under the ten seconds in which an orderly stop has to be over, once it has drained.
    private static let stopWithin: Duration = .seconds(8)

    func run() async throws {
        try await Failure.reporting {
            // They sign, too: with one more than there are cores, no core waits for one that has less to do.
            NIOSingletons.groupLoopCountSuggestion = ProcessInfo.processInfo.activeProcessorCount + 1
            var configuration = try App.configuration()
            let folder = try DataFolder(configuration.dataFolder)
            let lock = try await Self.lock(folder)
            // Before the lock goes: what another server leaves there after that is not ours to remove.
            defer { withExtendedLifetime(lock) { folder.removeSocketAndAddress() } }
            folder.removeCopies()
            configuration.limits.connectionsMax = OpenFiles.allow(configuration.limits.connectionsMax)
            let metrics = Metrics(
                version: Release.version, connectionsMax: configuration.limits.connectionsMax,
                storePath: configuration.store.isSQLite ? folder.storePath : nil,
                sharesRates: configuration.redis != nil, uptime: App.uptime)
            let (logger, log) = Logger.make(
                level: configuration.logLevel, clock: App.clock, lost: metrics.lostLogLines)
            defer { log?.flush() }
            Self.warnOfUnknown(configuration, logger)
            let issuer = try await App.openIssuer(configuration, folder, observation: metrics.observation)
            do {
                try await Self.serve(issuer, configuration, folder, metrics, logger)
            } catch {
                try await issuer.close()
                throw error
            }
            try await issuer.close()
            logger.info("stopped")
        }
    }

    /// Says what an operator may have meant otherwise: a setting that is misspelt would be ignored in silence.
    private static func warnOfUnknown(_ configuration: Configuration, _ logger: Logger) {
        for name in configuration.unknownNames {
            let hint = Spelling.nearest(to: name, among: configuration.knownNames).map { ": did you mean \($0)?" } ?? ""
            logger.warning("\(name) is set, but is not a setting of this version\(hint)")
        }
    }

    /// To be said once it listens: a start that fails says in one line why.
    private static func warnOfProxy(_ configuration: Configuration, _ logger: Logger) {
        // This server speaks no TLS, so something before it does.
        if configuration.dashboardURL.hasPrefix("https:"), configuration.proxies == .none {
            logger.warning(
                """
                The dashboard is at \(configuration.dashboardURL), so there is a proxy in front of this server, but \
                PAITIFY_TRUSTED_PROXY names none: password guesses and sign-ups are then not limited by network \
                address. Set it to the proxy's address, such as 127.0.0.1
                """)
        }
    }

    private static func serve(
        _ issuer: Issuer, _ configuration: Configuration, _ folder: DataFolder, _ metrics: Metrics, _ logger: Logger
    ) async throws {
        let sharedRates = App.sharedRates(configuration, metrics: metrics, logger: logger)
        // Before the first request comes: no longer than the server may take to answer.
        let nextLook = await sharedRates?.attend()
        let drain = Drain(seconds: configuration.drainSeconds)
        let api = try App.api(
            issuer, configuration, sharedRates: sharedRates, isStopping: { drain.hasBegun }, metrics: metrics,
            logger: logger
        ) { channel in
            let port = channel.localAddress?.port ?? configuration.port
            let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
            let address = "http://\(host):\(port)"
            folder.write(address: address)
            Self.warnOfProxy(configuration, logger)
            logger.notice("listening", metadata: ["address": "\(address)", "port": "\(port)"])
        }
        var services: [any Service] = [
            Listener(
                App.admin(issuer, folder, dashboardURL: configuration.dashboardURL, metrics: metrics, logger: logger),
                on: folder.socketPath),
            SweepService(issuer: issuer, metrics: metrics, logger: logger),
            Listener(api, on: "\(configuration.host):\(configuration.port) (PAITIFY_HOST, PAITIFY_PORT)"),
        ]
        if !configuration.store.isSQLite { services.append(KeyWatch(issuer: issuer)) }
        if let sharedRates, let nextLook {
            services.append(SharedRatesService(rates: sharedRates, afterMilliseconds: nextLook))
        }
        // The last is told first to stop, and the others when it has.
        services.append(drain)
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger.quieter)
        group.maximumGracefulShutdownDuration = stopWithin + .seconds(configuration.drainSeconds)
        try await ServiceGroup(configuration: group).run()
    }

    /// A command beside may have the lock for a moment; another server has it for good.
    private static func lock(_ folder: DataFolder) async throws -> FolderLock {
        let start = ContinuousClock.now
        while true {
            if let lock = try folder.lock() { return lock }
            guard ContinuousClock.now - start < .seconds(3) else {
                throw Failure(
                    "another paitify already serves the data folder \(folder.path). Stop it, or set PAITIFY_DATA_DIR.")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

/// Runs a server, and says where it was to listen when it cannot.
private struct Listener<Server: Service>: Service {
    private let server: Server
    private let place: String

    init(_ server: Server, on place: String) {
        self.server = server
        self.place = place
    }

    func run() async throws {
        do {
            try await server.run()
        } catch let error as CancellationError {
            throw error
        } catch let error as IOError {
            throw Failure("cannot listen on \(place): \(SystemError.text(error.errnoCode))")
        } catch {
            throw Failure("cannot listen on \(place): \(error)")
        }
    }
}

/// Learns within half a second what another issuer on the same store has changed of the signing keys: until then this one's
/// key set lacks a key that is announced, and holds one that was revoked. Decisions look for themselves.
struct KeyWatch: Service {
    let issuer: Issuer

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await Task.sleep(for: .milliseconds(400))
                    try await issuer.learnSigningKeys()
                } catch {
                    // The sweep asks the store for the same, and tells why it does not answer.
                    continue
                }
            }
        }
    }
}

/// Does the issuer's housekeeping, about once a second.
struct SweepService: Service {
    let issuer: Issuer
    let metrics: Metrics
    let logger: Logger

    func run() async throws {
        let sweeper = Sweeper(issuer)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let start = metrics.uptime()
                    try await sweeper.sweep()
                    metrics.housekeeping.swept(at: App.clock.now(), nanoseconds: metrics.uptime() - start)
                    try await Task.sleep(for: .seconds(1))
                } catch is CancellationError {
                    return
                } catch {
                    metrics.housekeeping.sweepFailed()
                    logger.error("housekeeping failed", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(5))
                }
            }
        }
    }
}
