/// The companies, and the versions that tell whether what was remembered of one is still current.
enum Companies {
    /// How a company stood when its transaction began.
    struct Admission: Sendable {
        /// Changes with every change of a policy.
        let policyVersion: Int64
        /// Changes with every change of an API key.
        let keyVersion: Int64
        /// The processor that tokens are for where the request names none; nil: any.
        let defaultAudience: Audience?
    }

    private static let insert = Statement(
        """
        INSERT INTO companies (company_id, name, revision, policy_version, key_version, created_at)
        VALUES ($1, $2, 0, 0, 0, $3)
        """)
    private static let raise = Statement(
        """
        UPDATE companies SET revision = revision + 1 WHERE company_id = $1
        RETURNING policy_version, key_version, default_audience, revision
        """, .onlyLocks)
    private static let raiseFrom = Statement(
        """
        WITH raised AS (
            UPDATE companies SET revision = revision + 1 WHERE company_id = $1 AND revision = $2 RETURNING 1
        )
        SELECT 1 / COUNT(*) FROM raised
        """, [.onlyLocks, .isCheck])
    private static let look = Statement(
        "SELECT policy_version, key_version, default_audience FROM companies WHERE company_id = $1")
    private static let revision = Statement("SELECT revision, key_version FROM companies WHERE company_id = $1")
    private static let name = Statement("SELECT name FROM companies WHERE company_id = $1")
    private static let policiesChanged = Statement(
        "UPDATE companies SET policy_version = $1, revision = revision + 1 WHERE company_id = $2")
    private static let keysChanged = Statement(
        "UPDATE companies SET key_version = $1, revision = revision + 1 WHERE company_id = $2")
    private static let audienceChanged = Statement(
        "UPDATE companies SET default_audience = $1, revision = revision + 1 WHERE company_id = $2")
    private static let pageAfter = Statement(
        "SELECT company_id FROM companies WHERE company_id > $1 ORDER BY company_id LIMIT $2")

    private static let others = Statement(
        "SELECT company_id FROM companies WHERE company_id <> $1 AND company_id <> $2 LIMIT 1")

    /// Whether the issuer serves no other company.
    static func isAlone(_ id: CompanyID, in tx: any StoreTransaction) throws(StorageError) -> Bool {
        try tx.execute(others, [SQLValue(id), SQLValue(CompanyID.issuer)]).isEmpty
    }

    static func insert(_ id: CompanyID, name: Name, at now: Instant, in tx: any StoreTransaction) throws(StorageError) {
        try tx.execute(insert, [SQLValue(id), .text(name.text), SQLValue(now)])
    }

    /// What `lock` asks for itself.
    static let questionsOfLock = 3

    /// The first statement of a transaction that writes: locks the company's row against other issuers. Once a group.
    ///
    /// With it goes what nearly every transaction asks next: when something lapses, and which keys sign; and at an instant also
    /// what the group's transactions foresee.
    static func lock(
        _ id: CompanyID, at now: Instant? = nil, in tx: any StoreTransaction
    ) throws(StorageError) -> Admission? {
        if let known = tx.memory[id].admission { return known }
        // What this group has changed is not to be forgotten. Mostly there is nothing: who asks first has changed nothing yet.
        if !tx.memory[id].sheets.isEmpty { try tx.memory.writeCounters(in: tx) }
        let foreseen = now.map { now in
            tx.memory[id].foreseen.map { one in
                (one, Books(tx: tx, companyID: id, environment: one.environment, now: now, policyVersion: 0))
            }
        }
        if let left = tx.memory.presumed, left.company == id {
            tx.memory.presumed = nil
            return try presume(left, asking: foreseen ?? [], in: tx)
        }
        let own = [
            Question(raise, [SQLValue(id)]), Authorizations.nextLapseQuestion(of: id), SigningKeys.currentSequence,
        ]
        let found = try tx.ask(own + (foreseen ?? []).flatMap { one, books in one.questions(in: books) })
        guard let row = found[0].first, let admission = try admission(found[0]) else { return nil }
        tx.memory[id] = GroupMemory.Standing(
            admission: admission, revision: try row.integer(3),
            nextLapse: try Authorizations.nextLapse(found[1]) ?? Period.allTime.end)
        tx.memory.keySetSequence = try SigningKeys.number(found[2])
        try remember(found.dropFirst(own.count), of: foreseen ?? [])
        return admission
    }

    /// Locks the row of a company that is presumed to stand as the group before has left it. Nobody is asked whether it does:
    /// where it does not, nothing of the group can be committed.
    private static func presume(
        _ left: Standings.Left, asking foreseen: [(Foreseen, Books)], in tx: any StoreTransaction
    ) throws(StorageError) -> Admission? {
        tx.memory[left.company] = left.standing
        tx.memory[left.company].revision = left.revision + 1
        tx.memory.keySetSequence = left.keySetSequence
        tx.memory.checkedRevision = left.revision
        let checks = [
            Question(raiseFrom, [SQLValue(left.company), .integer(left.revision)]),
            SigningKeys.isStill(left.keySetSequence),
        ]
        let unknown = foreseen.filter { one, books in !one.isKnown(in: books) }
        if unknown.isEmpty {
            for check in checks { _ = try tx.execute(check) }
        } else {
            let found = try tx.ask(checks + unknown.flatMap { one, books in one.questions(in: books) })
            try remember(found.dropFirst(checks.count), of: unknown)
        }
        return left.standing.admission
    }

    private static func remember(
        _ found: ArraySlice<[Row]>, of foreseen: [(Foreseen, Books)]
    ) throws(StorageError) {
        var rows = found
        for (one, books) in foreseen {
            try one.remember(rows.prefix(one.questionCount), in: books)
            rows = rows.dropFirst(one.questionCount)
        }
    }

    static func look(at id: CompanyID, in tx: any StoreTransaction) throws(StorageError) -> Admission? {
        if let known = tx.memory[id].admission { return known }
        return try admission(tx.execute(look, [SQLValue(id)]))
    }

    /// `revision` changes with every transaction that may have changed something.
    static func revision(
        of id: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) -> (revision: Int64, keyVersion: Int64)? {
        try tx.execute(revision, [SQLValue(id)]).first.map { (row) throws(StorageError) in
            (try row.integer(0), try row.integer(1))
        }
    }

    static func name(of id: CompanyID, in tx: any StoreTransaction) throws(StorageError) -> Name? {
        try tx.execute(name, [SQLValue(id)]).first.map { (row) throws(StorageError) in try row.checked(0) }
    }

    /// `version` must never have been used before, also not by a transaction that was undone: what was remembered under
    /// a version must be what that version holds.
    static func policiesChanged(
        _ id: CompanyID, version: Int64, in tx: any StoreTransaction
    ) throws(StorageError) {
        tx.memory[id].admission = nil
        try tx.execute(policiesChanged, [.integer(version), SQLValue(id)])
    }

    /// `version` as in `policiesChanged`.
    static func keysChanged(_ id: CompanyID, version: Int64, in tx: any StoreTransaction) throws(StorageError) {
        tx.memory[id].admission = nil
        try tx.execute(keysChanged, [.integer(version), SQLValue(id)])
    }

    static func setDefaultAudience(
        _ audience: Audience?, of id: CompanyID, in tx: any StoreTransaction
    ) throws(StorageError) {
        tx.memory[id].admission = nil
        try tx.execute(audienceChanged, [SQLValue(audience?.text), SQLValue(id)])
    }

    /// Companies in the order of their identifiers, for work that visits each in turn. The issuer itself is none of them.
    static func page(
        after id: CompanyID?, limit: Int, in tx: any StoreTransaction
    ) throws(StorageError) -> [CompanyID] {
        try tx.execute(pageAfter, [SQLValue(id ?? .issuer), .integer(Int64(limit))])
            .map { (row) throws(StorageError) in try row.id(0) }
    }

    private static func admission(_ rows: [Row]) throws(StorageError) -> Admission? {
        try rows.first.map { (row) throws(StorageError) in
            Admission(
                policyVersion: try row.integer(0), keyVersion: try row.integer(1),
                defaultAudience: try row.optionalChecked(2))
        }
    }
}
