import Foundation
import StoreFixtures

@testable import Issuer

/// A real issuer on a real store, with a clock that the test moves and one company.
struct TestIssuer {
    let issuer: Issuer
    let clock: ManualClock
    let company: NewCompany
    let owner: Principal

    init(
        path: String = ":memory:", clock: ManualClock = ManualClock(), settings: IssuerSettings = .test,
        portions: Portions = Portions()
    ) async throws {
        self.clock = clock
        issuer = try await Self.open(path: path, clock: clock, settings: settings, portions: portions)
        company = try await issuer.createCompany(name: Name("Acme"))
        owner = try await issuer.authenticate(apiKey: company.apiKey)
    }

    static func open(
        path: String, clock: ManualClock, settings: IssuerSettings = .test, masterKey: String = "5a",
        portions: Portions = Portions()
    ) async throws -> Issuer {
        try await Issuer.open(
            store: try await TestStore.open(path),
            settings: settings, masterKey: try MasterKey(text: String(repeating: masterKey, count: 32)),
            clock: clock.clock, ids: .random(), portions: portions)
    }

    /// Whoever holds a new key of the company.
    func key(_ scopes: Set<Scope>, agent: AgentID? = nil) async throws -> Principal {
        let draft = APIKeyDraft(name: try Name("Key"), scopes: scopes, agentID: agent)
        let made = try await issuer.createAPIKey(draft, as: owner, once: nil).result.get()
        return try await issuer.authenticate(apiKey: made.secret)
    }

    func agent(_ name: String = "Buyer") async throws -> AgentID {
        try await issuer.createAgent(AgentDraft(name: Name(name)), as: owner, once: nil).result.get().id
    }

    @discardableResult
    func policy(_ terms: PolicyTerms) async throws -> PolicyID {
        try await issuer.createPolicy(terms, as: owner, once: nil).result.get().id
    }

    func authorize(
        _ amount: Int64, _ agent: AgentID, merchant: Merchant? = nil, as principal: Principal? = nil,
        once: OnceOnly? = nil
    ) async throws -> IssuedAuthorization {
        let request = try AuthorizationRequest(agentID: agent, money: .usd(amount), merchant: merchant)
        return try await issuer.authorize(request, as: principal ?? owner, once: once).result.get()
    }

    func confirm(_ id: AuthorizationID, _ amount: Int64? = nil) async throws -> Authorization {
        try await issuer.confirm(id, amount: amount, as: owner, once: nil).result.get().authorization
    }

    func void(_ id: AuthorizationID) async throws -> Authorization {
        try await issuer.void(id, as: owner, once: nil).result.get().authorization
    }

    /// The one budget of the agent's one limit.
    func budget(_ agent: AgentID) async throws -> Budget {
        let budgets = try await issuer.budget(of: agent, as: owner).budgets
        guard let budget = budgets.first, budgets.count == 1 else { throw UnexpectedBudgets(count: budgets.count) }
        return budget
    }

    struct UnexpectedBudgets: Error { let count: Int }
}

extension Principal {
    /// Of a principal that is an API key.
    var keyID: APIKeyID { credential.apiKeyID! }
}

extension IssuerSettings {
    // RSA's keys take long to make; where the store is what is tested, they need not be made.
    static let test = IssuerSettings(
        issuerURL: "https://issuer.test", signingAlgorithm: TestStore.isPostgreSQL ? .es256 : .rs256, bcryptCost: 4)

    static func test(_ change: (inout IssuerSettings) -> Void) -> IssuerSettings {
        var settings = test
        change(&settings)
        return settings
    }
}

extension OnceOnly {
    static func test(_ key: String, requestID: String = "req_1") throws -> OnceOnly {
        OnceOnly(key: try IdempotencyKey(key), fingerprint: [1], requestID: requestID)
    }
}

extension Money {
    static func usd(_ minorUnits: Int64) throws -> Money {
        try Money(minorUnits: minorUnits, currency: CurrencyCode("USD"))
    }
}

extension PolicyTerms {
    /// Terms in USD, limited as given.
    static func usd(
        _ limits: [SpendLimit] = [], agent: AgentID? = nil, approvalAbove: Int64? = nil
    ) throws -> PolicyTerms {
        PolicyTerms(
            name: try Name("Test policy"), agentID: agent, currency: try CurrencyCode("USD"), limits: limits,
            approvalAbove: approvalAbove)
    }
}

extension SpendLimit {
    static func of(_ interval: Interval, amount: Int64? = nil, count: Int64? = nil) throws -> SpendLimit {
        try SpendLimit(interval: interval, amount: amount, count: count)
    }
}

/// A folder that is gone when the test is over.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "paitify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Numbers that a seed fixes, so that a failing run can be run again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
