/// What is asked of a file of claims, each text once.
struct ClaimStatements {
    /// Who made a claim.
    let find: SQLiteStatement
    /// Makes one, if nobody has, and if it cannot be one that was forgotten. The one step that decides: of several at
    /// once, in however many processes, one changes a row.
    let insert: SQLiteStatement
    /// How many claims may be forgotten, of the few that are at once, and the latest end of those.
    let ended: SQLiteStatement
    /// Remembers that claims up to some end were forgotten.
    let note: SQLiteStatement
    /// Forgets those.
    let forget: SQLiteStatement
    /// Locked from its beginning: a transaction that reads first may find that it can no longer write.
    let begin: SQLiteStatement
    let commit: SQLiteStatement
    let rollback: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteFailure) {
        find = try connection.prepare("SELECT transaction_id FROM claims WHERE issuer = ?1 AND jti = ?2")
        insert = try connection.prepare(
            """
            INSERT INTO claims (issuer, jti, keep_until, transaction_id)
            SELECT ?1, ?2, ?3, ?4 WHERE ?3 > (SELECT forgotten_until FROM state) ON CONFLICT DO NOTHING
            """)
        ended = try connection.prepare(
            """
            SELECT count(*), max(keep_until) FROM
            (SELECT keep_until FROM claims WHERE keep_until < ?1 ORDER BY keep_until LIMIT 4)
            """)
        note = try connection.prepare("UPDATE state SET forgotten_until = max(forgotten_until, ?1)")
        forget = try connection.prepare(
            """
            DELETE FROM claims WHERE (issuer, jti) IN
            (SELECT issuer, jti FROM claims WHERE keep_until < ?1 ORDER BY keep_until LIMIT 4)
            """)
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        rollback = try connection.prepare("ROLLBACK")
    }
}
