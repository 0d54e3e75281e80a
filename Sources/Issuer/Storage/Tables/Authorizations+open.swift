extension Authorizations {
    // Each is the condition of an index, so that nothing but the index is read.
    private static let pendingCount = Statement("SELECT COUNT(*) FROM authorizations WHERE status = 'PENDING'")
    private static let heldCount = Statement("SELECT COUNT(*) FROM authorizations WHERE status = 'HELD'")

    /// How many are not over, of all companies together.
    static func open(in tx: any StoreTransaction) throws(StorageError) -> OpenAuthorizations {
        OpenAuthorizations(pending: try tx.number(pendingCount, []), held: try tx.number(heldCount, []))
    }
}
