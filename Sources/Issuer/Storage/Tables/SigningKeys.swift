/// The signing keys of the whole issuer, and the number of the key set that they make. They belong to no company.
enum SigningKeys {
    private static let sequence = Statement("SELECT sequence FROM key_set WHERE only_row = 1")
    private static let sequenceIs = Statement(
        "SELECT 1 / COUNT(*) FROM key_set WHERE only_row = 1 AND sequence = $1", [.onlyLocks, .isCheck])
    private static let lockSequence = Statement(
        "UPDATE key_set SET sequence = sequence WHERE only_row = 1 RETURNING sequence")
    private static let setSequence = Statement("UPDATE key_set SET sequence = $1 WHERE only_row = 1")
    private static let lives = Statement(
        """
        SELECT kid, algorithm, state, announced_at, signing_since, retired_at, ended_at, public_jwk
        FROM signing_keys WHERE state <> 'gone'
        """)
    private static let privates = Statement(
        "SELECT kid, sealed_private FROM signing_keys WHERE sealed_private IS NOT NULL ORDER BY kid")
    private static let insert = Statement(
        """
        INSERT INTO signing_keys
            (kid, algorithm, state, public_jwk, sealed_private, announced_at, signing_since, retired_at, ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """)
    private static let update = Statement(
        """
        UPDATE signing_keys
        SET state = $1, signing_since = $2, retired_at = $3, ended_at = $4,
            sealed_private = CASE WHEN $1 IN ('gone', 'revoked') THEN NULL ELSE sealed_private END
        WHERE kid = $5 RETURNING kid
        """)

    private static let reseal = Statement(
        "UPDATE signing_keys SET sealed_private = $1 WHERE kid = $2 AND sealed_private IS NOT NULL RETURNING kid")

    /// Every key that is not gone, with the key set's number.
    struct Contents: Sendable {
        let sequence: Int64
        let lives: [KeyLife]
        /// By kid.
        let publicJWKs: [String: String]
        /// The sealed private keys of those that are published, by kid.
        let privates: [String: [UInt8]]
    }

    static func sequence(in tx: any StoreTransaction) throws(StorageError) -> Int64 {
        try number(tx.execute(sequence, []))
    }

    static var currentSequence: Question { Question(sequence, []) }

    /// Fails where the key set has another number by now.
    static func isStill(_ sequence: Int64) -> Question { Question(sequenceIs, [.integer(sequence)]) }

    /// The key set's number, for a transaction that has locked its company's row. It is asked for once a group.
    static func sequenceOfGroup(in tx: any StoreTransaction) throws(StorageError) -> Int64 {
        if let known = tx.memory.keySetSequence { return known }
        let found = try sequence(in: tx)
        tx.memory.keySetSequence = found
        return found
    }

    static func contents(in tx: any StoreTransaction) throws(StorageError) -> Contents {
        try contents(sequence: try sequence(in: tx), in: tx)
    }

    /// The same, and nobody else changes a key before this transaction ends.
    static func lockedContents(in tx: any StoreTransaction) throws(StorageError) -> Contents {
        try contents(sequence: try number(tx.execute(lockSequence, [])), in: tx)
    }

    static func insert(
        _ life: KeyLife, publicJWK: String, sealedPrivate: [UInt8], in tx: any StoreTransaction
    ) throws(StorageError) {
        let columns = Columns(life.stage)
        try tx.execute(
            insert,
            [
                .text(life.kid), .text(life.algorithm.rawValue), .text(columns.state.rawValue), .text(publicJWK),
                .blob(sealedPrivate), SQLValue(life.announcedAt), SQLValue(columns.signingSince),
                SQLValue(columns.retiredAt), SQLValue(columns.endedAt),
            ])
    }

    /// Records the key's stage, and destroys the private key of one that has ended.
    static func update(_ life: KeyLife, in tx: any StoreTransaction) throws(StorageError) {
        let columns = Columns(life.stage)
        let rows = try tx.execute(
            update,
            [
                .text(columns.state.rawValue), SQLValue(columns.signingSince), SQLValue(columns.retiredAt),
                SQLValue(columns.endedAt), .text(life.kid),
            ])
        guard rows.count == 1 else { throw .corrupt("no signing key \(life.kid)") }
    }

    /// Puts the same private key, sealed anew, in the place of the old.
    static func reseal(_ kid: String, as sealed: [UInt8], in tx: any StoreTransaction) throws(StorageError) {
        guard try tx.execute(reseal, [.blob(sealed), .text(kid)]).count == 1 else {
            throw .corrupt("no private part of signing key \(kid)")
        }
    }

    static func setSequence(_ sequence: Int64, in tx: any StoreTransaction) throws(StorageError) {
        tx.memory.keySetSequence = nil
        try tx.execute(setSequence, [.integer(sequence)])
    }

    static func number(_ rows: [Row]) throws(StorageError) -> Int64 {
        guard let row = rows.first else { throw .corrupt("key_set has no row") }
        return try row.integer(0)
    }

    private static func contents(sequence: Int64, in tx: any StoreTransaction) throws(StorageError) -> Contents {
        var lives: [KeyLife] = []
        var publicJWKs: [String: String] = [:]
        for row in try tx.execute(Self.lives, []) {
            let life = try KeyLife(row)
            lives.append(life)
            publicJWKs[life.kid] = try row.text(7)
        }
        var privates: [String: [UInt8]] = [:]
        for row in try tx.execute(Self.privates, []) { privates[try row.text(0)] = try row.blob(1) }
        return Contents(sequence: sequence, lives: lives, publicJWKs: publicJWKs, privates: privates)
    }

    fileprivate enum State: String {
        case announced, signing, retired, gone, revoked
    }

    /// A stage as columns.
    private struct Columns {
        let state: State
        var signingSince: Instant?
        var retiredAt: Instant?
        var endedAt: Instant?

        init(_ stage: KeyLife.Stage) {
            switch stage {
            case .announced: state = .announced
            case .signing(let since): (state, signingSince) = (.signing, since)
            case .retired(let signedFrom, let at): (state, signingSince, retiredAt) = (.retired, signedFrom, at)
            case .gone(let signedFrom, let retired, let at):
                (state, signingSince, retiredAt, endedAt) = (.gone, signedFrom, retired, at)
            case .revoked(let signedFrom, let retired, let at):
                (state, signingSince, retiredAt, endedAt) = (.revoked, signedFrom, retired, at)
            }
        }
    }
}

extension KeyLife {
    /// From the columns of `SigningKeys.lives`.
    fileprivate init(_ row: Row) throws(StorageError) {
        kid = try row.text(0)
        algorithm = try row.choice(1)
        announcedAt = try row.instant(3)
        switch try row.choice(2, of: SigningKeys.State.self) {
        case .announced: stage = .announced
        case .signing: stage = .signing(since: try row.instant(4))
        case .retired: stage = .retired(signedFrom: try row.instant(4), at: try row.instant(5))
        case .gone: stage = .gone(signedFrom: try row.instant(4), retiredAt: try row.instant(5), at: try row.instant(6))
        case .revoked:
            stage = .revoked(
                signedFrom: try row.optionalInstant(4), retiredAt: try row.optionalInstant(5), at: try row.instant(6))
        }
    }
}
