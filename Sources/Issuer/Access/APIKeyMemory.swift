/// What is remembered of API keys: which are verified, which are wrong, which are being checked, when they were used.
///
/// No lock and no I/O: its owner has them. Everything has a limit.
struct APIKeyMemory {
    /// A whole key's SHA-256: a key of 190 random bits cannot be guessed from it, so it may stand for the key in memory.
    struct Fingerprint: Hashable, Sendable {
        private let digest: [UInt8]

        init(_ secret: APIKeySecret) {
            digest = Digest.sha256(secret.text.utf8)
        }
    }

    /// What checking a key came to.
    enum Verdict: Sendable {
        case verified(Principal)
        /// The prefix is somebody's, the rest is not.
        case wrongSecret
        /// No key has this prefix, or the one that has it opens nothing any more.
        case unknown
        case failed(IssuerError)
    }

    typealias Check = Task<Verdict, Never>

    /// How a key stands when it comes in.
    enum Standing: Sendable {
        case verified(Principal)
        case wrong
        /// Somebody came with the same key first, or this is the first: one bcrypt serves all.
        case underWay(Check)
        case tooMany
    }

    static let verifiedMax = 10_000
    static let wrongMax = 1000
    static let checksMax = 1000
    /// Different secrets that are checked at once for one prefix, half of the line before bcrypt: guessing one key leaves
    /// room for the others.
    static let checksPerPrefixMax = 16

    private var verified = RecentCache<Fingerprint, Principal>(capacity: verifiedMax)
    /// Where in `verified` each key is.
    private var fingerprints: [APIKeyID: Fingerprint] = [:]
    private var wrong = RecentCache<Fingerprint, Void>(capacity: wrongMax)
    private var checks: [Fingerprint: Check] = [:]
    private var checksPerPrefix: [String: Int] = [:]
    private var uses = LastUses<APIKeyKind, CompanyID>(capacity: verifiedMax)

    /// `start` begins a check; it is called when none is under way and there is room for one.
    mutating func standing(_ fingerprint: Fingerprint, prefix: String, start: () -> Check) -> Standing {
        if let principal = verified.value(for: fingerprint) { return .verified(principal) }
        if wrong.value(for: fingerprint) != nil { return .wrong }
        if let check = checks[fingerprint] { return .underWay(check) }
        guard checks.count < Self.checksMax, checksPerPrefix[prefix, default: 0] < Self.checksPerPrefixMax else {
            return .tooMany
        }
        let check = start()
        checks[fingerprint] = check
        checksPerPrefix[prefix, default: 0] += 1
        return .underWay(check)
    }

    /// The check of that key is over.
    mutating func conclude(_ fingerprint: Fingerprint, prefix: String, _ verdict: Verdict) {
        checks[fingerprint] = nil
        let left = checksPerPrefix[prefix, default: 1] - 1
        checksPerPrefix[prefix] = left > 0 ? left : nil
        switch verdict {
        case .verified(let principal):
            guard let keyID = principal.credential.apiKeyID else { break }
            if let evicted = verified.insert(principal, for: fingerprint)?.credential.apiKeyID {
                fingerprints[evicted] = nil
            }
            fingerprints[keyID] = fingerprint
        case .wrongSecret: wrong.insert((), for: fingerprint)
        case .unknown, .failed: break
        }
    }

    mutating func refresh(_ keyID: APIKeyID, keyVersion: Int64) {
        guard let fingerprint = fingerprints[keyID], var principal = verified.value(for: fingerprint) else { return }
        principal.keyVersion = keyVersion
        verified.update(fingerprint, to: principal)
    }

    mutating func forget(_ keyID: APIKeyID) {
        guard let fingerprint = fingerprints.removeValue(forKey: keyID) else { return }
        verified.remove(fingerprint)
    }

    /// The key's owner, where it was verified.
    mutating func principal(_ fingerprint: Fingerprint) -> Principal? {
        verified.value(for: fingerprint)
    }
}

/// When keys were used.
extension APIKeyMemory {
    mutating func recordUse(of principal: Principal, at now: Instant) {
        guard let keyID = principal.credential.apiKeyID else { return }
        uses.record(keyID, of: principal.companyID, at: now)
    }

    func lastUse(of id: APIKeyID) -> Instant? { uses.last(of: id) }

    mutating func usesToWrite(at now: Instant, all: Bool) -> [APIKeyUse] {
        uses.toWrite(at: now, all: all).map { APIKeyUse(companyID: $0.use.owner, keyID: $0.id, at: $0.use.at) }
    }
}
