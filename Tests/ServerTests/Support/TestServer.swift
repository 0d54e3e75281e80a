import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Issuer
import Logging
import NIOCore
import StoreFixtures
import Synchronization

@testable import Server

/// The API over a real issuer on a real store, with a clock that stands still and no sockets.
struct TestServer: Sendable {
    static let now = Instant(milliseconds: 1_795_426_200_123)

    let issuer: Issuer
    let metrics: Metrics
    let lines: LogLines
    /// Every route of the router's.
    let routes: [(method: HTTPRequest.Method, path: String)]
    private let responder: RouterResponder<RequestScope>

    /// One for all tests: making signing keys takes long. Each test has companies of its own.
    static let shared = Task { try await TestServer() }

    init(
        limits: ConnectionLimits = ConnectionLimits(), rates: RateSettings = .none,
        operatorKey: String? = nil, metricsToken: String? = nil, swaggerUIFolder: String = "/nonexistent",
        dashboard: DashboardSettings = DashboardSettings(), http: ProviderHTTP = ProviderHTTP(),
        uptime: @escaping @Sendable () -> Int64 = { 0 }
    ) async throws {
        var settings = IssuerSettings(
            issuerURL: "https://issuer.test", signingAlgorithm: TestStore.isPostgreSQL ? .es256 : .rs256, bcryptCost: 4)
        settings.operatorKey = operatorKey.flatMap(OperatorKey.init)
        let metrics = Metrics(
            version: Release.version, connectionsMax: limits.connectionsMax, storePath: nil, uptime: uptime)
        let lines = LogLines()
        (self.metrics, self.lines) = (metrics, lines)
        issuer = try await Issuer.open(
            store: try await TestStore.open(observation: metrics.observation),
            settings: settings,
            masterKey: try MasterKey(text: String(repeating: "0123456789abcdef", count: 4)),
            clock: Clock { Self.now }, ids: .random(), observation: metrics.observation)
        let count = Atomic(0)
        let rateLimits = RateLimits(rates, now: uptime)
        let router = Routes.router(
            try Dashboard(
                issuer: issuer, settings: dashboard, host: "127.0.0.1", rateLimits: rateLimits,
                clock: Clock { Self.now }, http: http, logger: lines.logger, uptime: uptime),
            limits: limits, rateLimits: rateLimits,
            documentation: DocumentationRoutes(issuerURL: "https://issuer.test", swaggerUIFolder: swaggerUIFolder),
            metrics: metrics, metricsAccess: MetricsAccess(token: metricsToken.flatMap(OperatorKey.init)),
            logger: lines.logger, makeRequestID: { "req_\(count.add(1, ordering: .relaxed).newValue)" },
            random: { 0x0123_4567_89AB_CDEF })
        routes = router.routes.map { ($0.method, $0.path.description) }
        responder = router.buildResponder()
    }

    /// A company with its first key.
    func company() async throws -> TestCompany {
        TestCompany(server: self, key: try await issuer.createCompany(name: Name("Acme")).apiKey)
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: [UInt8]? = nil
    ) async throws -> TestAnswer {
        let app = Application(responder: responder)
        return try await app.test(.router) { client in
            let response = try await client.executeRequest(
                uri: target, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
            return TestAnswer(
                status: Int(response.status.code), headers: response.headers,
                body: Array(response.body.readableBytesView))
        }
    }
}

struct TestCompany: Sendable {
    let server: TestServer
    let key: String

    static func make() async throws -> TestCompany {
        try await Turnstile.companies.next {
            let company = try await TestServer.shared.value.company()
            _ = try await company.get("/v1/agents")
            return company
        }
    }

    /// For tests that leave nothing behind.
    static let shared = Task { try await make() }

    func send(
        _ method: HTTPRequest.Method, _ target: String, _ json: String? = nil, headers: HTTPFields = [:]
    ) async throws -> TestAnswer {
        var all = headers
        if all[.apiKey] == nil { all[.apiKey] = key }
        if json != nil, all[.contentType] == nil { all[.contentType] = "application/json" }
        return try await server.send(method, target, headers: all, body: json.map { Array($0.utf8) })
    }

    func get(_ target: String) async throws -> TestAnswer { try await send(.get, target) }

    func post(_ target: String, _ json: String? = nil, once: String? = nil) async throws -> TestAnswer {
        try await send(.post, target, json, headers: once.map { [.idempotencyKey: $0] } ?? [:])
    }

    func agent() async throws -> String {
        try await post("/v1/agents", #"{"name":"Buyer"}"#).text("id")
    }

    /// A policy that allows 100.00 USD a day.
    @discardableResult
    func policy(_ members: String = #""limits":[{"interval":"DAILY","amount":10000}]"#) async throws -> String {
        try await post("/v1/policies", #"{"name":"Cloud","currency":"USD",\#(members)}"#).text("id")
    }

    func authorize(_ agent: String, _ amount: Int, once: String? = nil) async throws -> TestAnswer {
        try await post("/v1/authorize", #"{"agentId":"\#(agent)","amount":\#(amount),"currency":"USD"}"#, once: once)
    }
}

struct TestAnswer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: [UInt8]

    struct Unexpected: Error { let body: String }

    var string: String { String(decoding: body, as: UTF8.self) }

    /// The body, read by another reader than the one under test.
    func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] else {
            throw Unexpected(body: string)
        }
        return object
    }

    func text(_ member: String) throws -> String {
        guard let text = try object()[member] as? String else { throw Unexpected(body: string) }
        return text
    }

    func list() throws -> [[String: Any]] {
        guard let list = try object()["data"] as? [[String: Any]] else { throw Unexpected(body: string) }
        return list
    }

    /// `field code` of every field that a problem names.
    var fieldErrors: [String] {
        let errors = (try? object()["errors"] as? [[String: String]]) ?? []
        return errors.map { "\($0["field"] ?? "") \($0["code"] ?? "")" }
    }

    var code: String? { try? text("code") }
}

/// Lets one through at a time: a new key is hashed and checked with bcrypt, for which the issuer has few threads.
private actor Turnstile {
    static let companies = Turnstile()

    private var last: Task<TestCompany, any Error>?

    func next(_ make: @escaping @Sendable () async throws -> TestCompany) async throws -> TestCompany {
        let before = last
        let task = Task {
            _ = await before?.result
            return try await make()
        }
        last = task
        return try await task.value
    }
}
