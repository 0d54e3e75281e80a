/// Decides on spends, keeps the books, and signs what it decided. Free of HTTP; safe to share between threads.
public final class Issuer: Sendable {
    public let settings: IssuerSettings
    let store: any Store
    let clock: Clock
    let ids: IDGenerator
    let masterKey: MasterKey
    let keyRing: KeyRing
    let apiKeyVerifier: APIKeyVerifier
    let passwordHasher: PasswordHasher
    let sessionMemory = SessionMemory()
    let policyCache = PolicyCache()
    let simulations = Turnstile(most: 2, waitingMax: 8)
    let turns = CompanyTurns()
    let backlogTurns = CompanyTurns()
    let portions: Portions
    let openCount: OpenCount
    let crowd: Crowd
    let observation: Observation

    /// Opens the books: brings the schema up to date and unseals the signing keys, making the first ones if there are none.
    ///
    /// `crowd`: the one that the store was given, which learns from the issuer how many requests there are.
    public static func open(
        store: any Store, settings: IssuerSettings, masterKey: MasterKey, clock: Clock, ids: IDGenerator,
        observation: Observation = .none, crowd: Crowd = Crowd(), portions: Portions = Portions()
    ) async throws -> Issuer {
        try await IssuerError.mapping {
            try await Migrator.migrate(store)
        }
        let keyRing = try await KeyRing.open(
            store: store, masterKey: masterKey, algorithm: settings.signingAlgorithm,
            jwksMaxAgeSeconds: settings.jwksMaxAgeSeconds, rotationSeconds: settings.keyRotationSeconds,
            now: clock.now())
        return Issuer(
            store: store, settings: settings, masterKey: masterKey, keyRing: keyRing, clock: clock, ids: ids,
            observation: observation, crowd: crowd, portions: portions)
    }

    /// On books that are open.
    init(
        store: any Store, settings: IssuerSettings, masterKey: MasterKey, keyRing: KeyRing, clock: Clock,
        ids: IDGenerator, observation: Observation = .none, crowd: Crowd = Crowd(),
        portions: Portions = Portions()
    ) {
        self.store = store
        self.settings = settings
        self.masterKey = masterKey
        self.keyRing = keyRing
        self.clock = clock
        self.ids = ids
        self.observation = observation
        openCount = OpenCount(uptime: observation.uptime)
        self.crowd = crowd
        self.portions = portions
        let pool = BcryptPool.forThisMachine()
        apiKeyVerifier = APIKeyVerifier(store: store, pool: pool, observation: observation)
        passwordHasher = PasswordHasher(pool: pool, cost: settings.bcryptCost)
    }

    /// What time it is here.
    public var now: Instant { clock.now() }

    /// Finishes what runs and closes the store.
    public func close() async throws {
        let uses = apiKeyVerifier.usesToWrite(at: clock.now(), all: true)
        let sightings = sessionMemory.sightingsToWrite(at: clock.now(), all: true)
        try await IssuerError.mapping {
            try await store.closing { _ in
                try await write(uses)
                try await write(sightings)
            }
        }
    }

    /// Throws when the store does not answer. A signing key there is always: `open` does not return without one.
    public func checkReadiness() async throws {
        try await IssuerError.mapping {
            _ = try await store.globalTransaction { try Companies.page(after: nil, limit: 1, in: $0) }
        }
    }
}

/// How much one transaction does of what may be very much, since all others of its lane wait for it.
public struct Portions: Sendable {
    /// Authorizations that are added up to open counters: some 30 ms.
    let counted: Int64
    /// Reservations, and as many held requests, that lapse.
    let lapsed: Int64

    public init() { self.init(counted: 10_000) }

    init(counted: Int64 = 10_000, lapsed: Int64 = 200) { (self.counted, self.lapsed) = (counted, lapsed) }
}

/// What an operator may set.
public struct IssuerSettings: Sendable {
    /// The `iss` of every token.
    public var issuerURL: String
    /// A token's life where the request names none.
    public var tokenLifetimeSeconds: Int64
    /// How much longer than its token a reservation is held.
    public var confirmGraceSeconds: Int64
    /// How long a held request waits for a person.
    public var approvalLifetimeSeconds: Int64
    public var keyRotationSeconds: Int64
    /// Of the keys that are made from now on.
    public var signingAlgorithm: SignatureAlgorithm
    /// Who may change signing keys; nil: the one company, as long as there is one alone.
    public var operatorKey: OperatorKey?
    /// How long a fetched JWKS is fresh.
    public var jwksMaxAgeSeconds: Int64
    /// bcrypt's cost for API keys and passwords, 4 to 31: each step doubles the work.
    public var bcryptCost: Int
    /// The least length of a password. 15 is what NIST SP 800-63B-4 asks for where it is the only factor.
    public var passwordCharactersMin = 15
    /// How long a session lasts that nobody uses.
    public var sessionIdleSeconds: Int64 = 12 * 3600
    /// How long a session lasts at most.
    public var sessionLifetimeSeconds: Int64 = 7 * 86_400

    public init(
        issuerURL: String, tokenLifetimeSeconds: Int64 = 900, confirmGraceSeconds: Int64 = 3600,
        approvalLifetimeSeconds: Int64 = 86_400, keyRotationSeconds: Int64 = 30 * 86_400,
        signingAlgorithm: SignatureAlgorithm = .rs256, jwksMaxAgeSeconds: Int64 = 300, bcryptCost: Int = 12
    ) {
        self.issuerURL = issuerURL
        self.tokenLifetimeSeconds = tokenLifetimeSeconds
        self.confirmGraceSeconds = confirmGraceSeconds
        self.approvalLifetimeSeconds = approvalLifetimeSeconds
        self.keyRotationSeconds = keyRotationSeconds
        self.signingAlgorithm = signingAlgorithm
        self.jwksMaxAgeSeconds = jwksMaxAgeSeconds
        self.bcryptCost = bcryptCost
    }
}

extension IssuerError {
    /// Turns a store's failure into this module's error; anything else is a fault of the store.
    public init(_ error: any Error) {
        switch error {
        case let error as IssuerError: self = error
        case let error as StorageError: self = .storage(error)
        default: self = .storage(.unavailable("\(error)"))
        }
    }

    /// What `body` gives; what it throws, as this module's error.
    static func mapping<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            throw IssuerError(error)
        }
    }
}
