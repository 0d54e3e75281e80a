internal import Synchronization

/// Tells whose API key it is, once by bcrypt and from then on from memory. Any thread.
///
/// What is remembered is never the last word: each use case compares the company's key version with the principal's
/// before it does anything, so a key that was revoked anywhere opens nothing at the next request.
final class APIKeyVerifier: Sendable {
    /// How many keys are made at once, and how many of one company's.
    static let makingMax = 8
    static let makingPerCompanyMax = 4

    private let store: any Store
    private let pool: BcryptPool
    private let making: BcryptShare
    private let observation: Observation
    private let memory = Mutex(APIKeyMemory())

    init(store: any Store, pool: BcryptPool, observation: Observation = .none) {
        self.store = store
        self.pool = pool
        making = BcryptShare(of: pool, most: Self.makingMax, perCompany: Self.makingPerCompanyMax)
        self.observation = observation
    }

    /// The principal whose key `text` is.
    ///
    /// Throws `IssuerError.unauthenticated` for a key that is malformed, unknown, wrong, revoked or expired at `now`, and
    /// `IssuerError.busy` when too many keys wait to be checked.
    func authenticate(apiKey text: String, now: Instant) async throws -> Principal {
        guard let secret = APIKeySecret(text) else {
            observation.observer.checkedAPIKey(.wrong)
            throw IssuerError.unauthenticated
        }
        let fingerprint = APIKeyMemory.Fingerprint(secret)
        let standing = memory.withLock { memory in
            memory.standing(fingerprint, prefix: secret.prefix) {
                Task { await self.verdict(on: secret, fingerprint, at: now) }
            }
        }
        let principal = try await self.principal(standing)
        try noteUse(of: principal, at: now)
        return principal
    }

    /// Keys that wait for a thread of bcrypt's.
    var waitingCount: Int { pool.waitingCount }

    /// The same for a key that is remembered, and nil for any other: neither the store nor bcrypt is asked.
    func remembered(apiKey text: String, now: Instant) throws -> Principal? {
        guard let secret = APIKeySecret(text) else { return nil }
        let fingerprint = APIKeyMemory.Fingerprint(secret)
        guard let principal = memory.withLock({ $0.principal(fingerprint) }) else { return nil }
        observation.observer.checkedAPIKey(.remembered)
        try noteUse(of: principal, at: now)
        return principal
    }

    /// Gives the principal not back: with `-O`, Swift 6.3.1 ends a function that throws and gives a struct of more than 128 bytes
    /// in a jump to memcpy, and whatever is in the register of its error then is taken for one.
    private func noteUse(of principal: Principal, at now: Instant) throws {
        if let end = principal.expiresAt, end <= now { throw IssuerError.unauthenticated }
        memory.withLock { $0.recordUse(of: principal, at: now) }
    }

    /// The bcrypt hash of a company's new key, for the books. `cost` is 4 to 31; `company` is nil where it has none yet.
    func hash(_ secret: APIKeySecret, cost: Int, for company: CompanyID?) async throws -> String {
        do {
            return try await making.run(for: company) { try Bcrypt.hash(secret.text, cost: cost) }
        } catch let error as KeyError {
            throw IssuerError.signing("No API key can be made: \(error).")
        }
    }

    /// The key was read again and is still good as of `keyVersion`.
    func refresh(_ keyID: APIKeyID, keyVersion: Int64) {
        memory.withLock { $0.refresh(keyID, keyVersion: keyVersion) }
    }

    /// The key opens nothing any more.
    func forget(_ keyID: APIKeyID) {
        memory.withLock { $0.forget(keyID) }
    }

    /// When each key was last used, of those whose use is to be written down now: each at most once a minute.
    /// `all`: those too that would have to wait.
    func usesToWrite(at now: Instant, all: Bool = false) -> [APIKeyUse] {
        memory.withLock { $0.usesToWrite(at: now, all: all) }
    }

    /// The key with its last use here, where that is later than what is written down.
    func addingLastUse(to key: APIKey) -> APIKey {
        guard let use = memory.withLock({ $0.lastUse(of: key.id) }), key.lastUsedAt.map({ $0 < use }) ?? true else {
            return key
        }
        var key = key
        key.lastUsedAt = use
        return key
    }

    private func principal(_ standing: APIKeyMemory.Standing) async throws -> Principal {
        switch standing {
        case .verified(let principal):
            observation.observer.checkedAPIKey(.remembered)
            return principal
        case .wrong:
            observation.observer.checkedAPIKey(.wrong)
            throw IssuerError.unauthenticated
        case .tooMany:
            observation.observer.checkedAPIKey(.busy)
            throw IssuerError.busy
        case .underWay(let check):
            let verdict = await check.value
            observation.observer.checkedAPIKey(APIKeyCheck(verdict))
            switch verdict {
            case .verified(let principal): return principal
            case .wrongSecret, .unknown: throw IssuerError.unauthenticated
            case .failed(let error): throw error
            }
        }
    }

    /// Checks the key, and remembers what came of it.
    private func verdict(
        on secret: APIKeySecret, _ fingerprint: APIKeyMemory.Fingerprint, at now: Instant
    ) async -> APIKeyMemory.Verdict {
        let verdict: APIKeyMemory.Verdict
        do {
            verdict = try await check(secret, at: now)
        } catch {
            verdict = .failed(IssuerError(error))
        }
        memory.withLock { $0.conclude(fingerprint, prefix: secret.prefix, verdict) }
        return verdict
    }

    private func check(_ secret: APIKeySecret, at now: Instant) async throws -> APIKeyMemory.Verdict {
        let owner = try await IssuerError.mapping {
            try await store.globalTransaction { try APIKeys.owner(ofPrefix: secret.prefix, in: $0) }
        }
        guard let owner else { return .unknown }
        // Whoever guesses is refused here, and takes no thread of bcrypt's from those who do not.
        if let tag = owner.tag, !secret.hasTag(tag) { return .wrongSecret }
        guard let found = try await find(owner), found.record.revokedAt == nil else { return .unknown }
        let key = found.record.key
        if let end = key.expiresAt, end <= now { return .unknown }
        let fits = try await pool.run { Bcrypt.verify(secret.text, found.record.hash) }
        guard fits else { return .wrongSecret }
        if owner.tag == nil {
            try await IssuerError.mapping {
                try await store.transaction(for: owner.company) {
                    try APIKeys.setTag(secret.tag, ofPrefix: secret.prefix, in: $0)
                }
            }
        }
        return .verified(
            Principal(
                companyID: owner.company, environment: key.environment, credential: .apiKey(key.id), scopes: key.scopes,
                agentID: key.agentID, expiresAt: key.expiresAt, keyVersion: found.keyVersion))
    }

    private struct Found: Sendable {
        let record: APIKeys.Record
        let keyVersion: Int64
    }

    /// The key, with its company's key version read in the same transaction: a revocation in between would otherwise go
    /// unnoticed.
    private func find(_ owner: APIKeys.Owner) async throws -> Found? {
        try await IssuerError.mapping {
            try await store.transaction(for: owner.company) { tx in
                guard let company = try Companies.look(at: owner.company, in: tx),
                    let record = try APIKeys.find(owner.key, of: owner.company, in: tx)
                else { return nil }
                return Found(record: record, keyVersion: company.keyVersion)
            }
        }
    }
}

/// When a key was last used.
struct APIKeyUse: Sendable, Equatable {
    let companyID: CompanyID
    let keyID: APIKeyID
    let at: Instant
}

extension APIKeyCheck {
    init(_ verdict: APIKeyMemory.Verdict) {
        switch verdict {
        case .verified: self = .verified
        case .wrongSecret, .unknown: self = .wrong
        case .failed(.busy): self = .busy
        case .failed: self = .failed
        }
    }
}
