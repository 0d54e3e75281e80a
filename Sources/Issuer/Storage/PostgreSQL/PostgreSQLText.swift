/// How PostgreSQL takes a statement's text, and what it does with it.
struct PostgreSQLText {
    let sql: String
    /// What it finds is wanted. Of the others nobody waits for the answer: they travel with the next that is waited for.
    let isAwaited: Bool
    /// Whether something may have been changed after it.
    let isWriting: Bool

    init(_ statement: Statement) {
        let text = statement.sql
        let verb = text.drop(while: \.isWhitespace).prefix(while: \.isLetter)
        let isSchema = ["CREATE", "ALTER", "DROP"].contains(verb)
        // The one type that is called otherwise; and identifiers are in the order of their bytes, as SQLite has them,
        // whatever the language of the database. Whoever went back a version has the column already.
        sql =
            isSchema
            ? text.replacing(" BLOB", with: " BYTEA").replacing(" TEXT", with: " TEXT COLLATE \"C\"")
                .replacing(" ADD COLUMN ", with: " ADD COLUMN IF NOT EXISTS ") : text
        let isChange = ["INSERT", "UPDATE", "DELETE"].contains(verb)
        isAwaited = !(isChange && !text.contains("RETURNING")) && !statement.traits.contains(.isCheck)
        isWriting = (isChange || isSchema) && !statement.traits.contains(.onlyLocks)
    }
}
