import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Issuer
@testable import Server

/// Processors on the C library beside a real server, over HTTP, through fifty days and a hundred rotations. Nothing waits: the
/// issuer's clock and the library's are the same one, which the test moves.
///
/// One processor fetches from the server, the other through a proxy that keeps each answer as long as it may. Both do what
/// the library says, when it says so, and nothing else.
@Suite struct `A hundred rotations` {
    private static let rotationsWanted = 100
    private static let periodSeconds: Int64 = 12 * 3600

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: CLibrary.path),
            "needs build/lib/libpaitifyverify.so.1: scripts/build-verifier.sh"))
    func `no token of any of them meets an unknown key`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let journey = try await Journey(seed: seed)
        for algorithm in [SignatureAlgorithm.rs256, .ps256, .es256, .edDSA] {
            // Each algorithm from a restart on: two rotations later it signs.
            let wanted = await journey.rotations + (algorithm == .rs256 || algorithm == .ps256 ? 10 : 40)
            try await journey.run(with: algorithm, until: wanted)
        }
        let (rotations, verifications) = await (journey.rotations, journey.verifications)
        let (statuses, sequences) = await (journey.statuses, journey.sequences)
        #expect(rotations == Self.rotationsWanted && verifications > 3000, "seed \(seed): \(verifications) verified")
        #expect(statuses == ["PAITIFY_OK"], "seed \(seed)")
        #expect(await journey.algorithms == ["RS256", "PS256", "ES256", "EdDSA"])
        #expect(sequences == sequences.sorted() && Set(sequences).count > Self.rotationsWanted)
    }

    /// The issuer, the processors, and the tokens between them.
    private actor Journey {
        private let clock = StandingClock()
        private var random: SplitMix
        private let store: SQLiteStore
        private let direct: CProcessor
        private let proxied: CProcessor
        private var proxy: (document: [UInt8], at: Instant)?
        private var key = ""
        private var agent = ""
        /// Alive as long as a token can be: seven days.
        private var longLived: [(token: String, until: Instant)] = []

        private(set) var rotations = 0
        private(set) var verifications = 0
        private(set) var statuses: Set<String> = []
        private(set) var algorithms: Set<String> = []
        private(set) var sequences: [Int] = []

        init(seed: UInt64) async throws {
            random = SplitMix(state: seed)
            store = try SQLiteStore.open(path: ":memory:")
            let library = try CLibrary()
            direct = try CProcessor(library, issuer: "https://issuer.test", audience: "paitify:processor")
            proxied = try CProcessor(library, issuer: "https://issuer.test", audience: "paitify:processor")
        }

        private var now: Instant { clock.now }

        /// Serves until so many rotations have taken place.
        func run(with algorithm: SignatureAlgorithm, until wanted: Int) async throws {
            var settings = IssuerSettings(
                issuerURL: "https://issuer.test", keyRotationSeconds: periodSeconds, signingAlgorithm: algorithm,
                bcryptCost: 4)
            settings.tokenLifetimeSeconds = 900
            let issuer = try await Issuer.open(
                store: store, settings: settings, masterKey: try MasterKey(text: String(repeating: "5a", count: 32)),
                clock: Clock { [clock] in clock.now }, ids: .random())
            var configuration = Configuration()
            configuration.rates = .none
            let metrics = Metrics(version: Release.version, connectionsMax: 8, storePath: nil, uptime: { 0 })
            try await App.api(
                issuer, configuration, metrics: metrics, logger: Logger(label: "test").quieter
            ).test(.live) { client in
                try await self.drive(issuer, client, until: wanted)
            }
        }

        private func drive(
            _ issuer: Issuer, _ client: any TestClientProtocol, until wanted: Int
        ) async throws {
            try await set(up: issuer, client)
            let sweeper = Sweeper(issuer)
            while rotations < wanted { try await rotate(issuer, sweeper, client) }
        }

        /// One rotation, with the eleven minutes before it, which is longer than any copy of the key set lives, and the five
        /// minutes after it, in which each processor fetches again.
        private func rotate(_ issuer: Issuer, _ sweeper: Sweeper, _ client: any TestClientProtocol) async throws {
            let signing = issuer.keyRing.signingKeyID
            guard let since = issuer.signingKeys().first(where: { $0.kid == signing })?.signingSince else { return }
            let due = since.adding(seconds: periodSeconds)
            // Nobody asks for anything meanwhile; a processor that has slept fetches before it verifies.
            clock.now = max(now, due.adding(seconds: -650))
            let kind = rotations % 4
            var revokedAnnounced = false
            while issuer.keyRing.signingKeyID == signing {
                // The announced key is revoked just before it was to sign: the next one has to wait.
                if kind == 1, !revokedAnnounced, now >= due.adding(seconds: -200) {
                    revokedAnnounced = true
                    let announced = issuer.signingKeys().first { $0.state == .announced }?.kid ?? ""
                    try await post("/v1/keys/\(announced)/revoke", client)
                }
                // Somebody rotates by hand, as soon as that is not refused.
                if kind == 3 { try await post("/v1/keys/rotate", client) }
                try await step(sweeper, client)
            }
            rotations += 1
            let end = now.adding(seconds: 300)
            while now < end { try await step(sweeper, client) }
            try await authorize(client, lifetimeSeconds: 604_800)
            for (token, _) in longLived { verify(token) }
        }

        /// A minute or so: the issuer's housekeeping, the processors' fetches, and a token at each.
        private func step(_ sweeper: Sweeper, _ client: any TestClientProtocol) async throws {
            clock.now = now.adding(seconds: Int64.random(in: 30...90, using: &random))
            longLived.removeAll { $0.until <= now }
            try await sweeper.sweep()
            direct.now = now.seconds
            proxied.now = now.seconds
            if direct.wantsKeys { statuses.insert(direct.install(try await keySet(client))) }
            if proxied.wantsKeys { statuses.insert(proxied.install(try await throughProxy(client))) }
            try await authorize(client, lifetimeSeconds: 900)
        }

        private func authorize(_ client: any TestClientProtocol, lifetimeSeconds: Int64) async throws {
            let answer = try await client.execute(
                uri: "/v1/authorize", method: .post, headers: [.apiKey: key, .contentType: "application/json"],
                body: ByteBuffer(
                    string: #"{"agentId":"\#(agent)","amount":5,"currency":"USD","expiresIn":\#(lifetimeSeconds)}"#))
            let object = try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView)) as? [String: Any]
            let token = try #require(object?["token"] as? String, "\(String(buffer: answer.body))")
            let header = try #require(Base64URL.decode(anyAlphabet: token.prefix { $0 != "." }))
            let names = try JSONSerialization.jsonObject(with: Data(header)) as? [String: String]
            algorithms.insert(names?["alg"] ?? "")
            if lifetimeSeconds > 900 { longLived.append((token, now.adding(seconds: lifetimeSeconds))) }
            verify(token)
        }

        private func verify(_ token: String) {
            for processor in [direct, proxied] {
                statuses.insert(processor.verify(token, amount: 5))
                verifications += 1
            }
        }

        private func keySet(_ client: any TestClientProtocol) async throws -> [UInt8] {
            let answer = try await client.execute(uri: "/.well-known/jwks.json", method: .get)
            #expect(answer.headers[.cacheControl] == "public, max-age=300, must-revalidate")
            let document = Array(answer.body.readableBytesView)
            let set = try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any]
            let sequence = try #require(set?["sequence"] as? Int)
            if sequences.last != sequence { sequences.append(sequence) }
            return document
        }

        /// Fresh until it is as old as max-age says (RFC 9111 section 4.2), and asked for only when it is not.
        private func throughProxy(_ client: any TestClientProtocol) async throws -> [UInt8] {
            if let proxy, proxy.at.adding(seconds: 300) >= now { return proxy.document }
            let document = try await keySet(client)
            proxy = (document, now)
            return document
        }

        private func post(_ path: String, _ client: any TestClientProtocol) async throws {
            // Without a body, this client would announce one.
            let answer = try await client.execute(
                uri: path, method: .post, headers: [.apiKey: key], body: ByteBuffer())
            #expect([200, 409].contains(answer.status.code), "\(String(buffer: answer.body))")
        }

        /// The company, once.
        private func set(up issuer: Issuer, _ client: any TestClientProtocol) async throws {
            guard key.isEmpty else { return }
            key = try await issuer.createCompany(name: Name("Acme")).apiKey
            let owner = try await issuer.authenticate(apiKey: key)
            agent = try await issuer.createAgent(AgentDraft(name: Name("Buyer")), as: owner, once: nil).result.get().id
                .text
            _ = try await issuer.createPolicy(
                PolicyTerms(name: Name("All"), currency: CurrencyCode("USD")), as: owner, once: nil)
        }
    }
}

/// One clock for the issuer and the processors.
private final class StandingClock: Sendable {
    private let instant = Mutex(Instant(rfc3339: "2026-03-02T10:00:00.000Z")!)

    var now: Instant {
        get { instant.withLock(\.self) }
        set { instant.withLock { $0 = newValue } }
    }
}
