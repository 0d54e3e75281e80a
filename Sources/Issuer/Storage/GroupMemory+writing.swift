/// What a group writes together: its authorizations in statements of many rows, and each counter once.
///
/// It is written before the commit, before the end of a savepoint, and before any statement that looks at those tables.
extension GroupMemory {
    /// Writes all that waits.
    func writeAll(in tx: any StoreTransaction) throws(StorageError) {
        try writeAuthorizations(in: tx)
        try writeCounters(in: tx)
    }

    /// Writes what the statement may look at. What it may change of counters is to be read again.
    func write(before statement: Statement, in tx: any StoreTransaction) throws(StorageError) {
        if statement.traits.contains(.looksAtAuthorizations) { try writeAuthorizations(in: tx) }
        guard statement.traits.contains(.looksAtCounters) else { return }
        try writeCounters(in: tx)
        forgetSheets()
    }

    func writeCounters(in tx: any StoreTransaction) throws(StorageError) {
        guard !companiesWithChanges.isEmpty else { return }
        for company in companiesWithChanges {
            for (subject, sheet) in self[company].sheets where sheet.isChanged {
                for counter in sheet.counters where counter.isChanged {
                    try Counters.write(counter, of: subject, company, in: tx)
                }
                self[company].sheets[subject]?.markWritten()
            }
        }
        companiesWithChanges.removeAll(keepingCapacity: true)
    }

    func writeAuthorizations(in tx: any StoreTransaction) throws(StorageError) {
        guard !authorizations.isEmpty else { return }
        try Authorizations.write(authorizations, in: tx)
        authorizations.removeAll(keepingCapacity: true)
    }
}
