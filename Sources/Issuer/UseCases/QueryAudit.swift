/// What was changed, by whom and when.
extension Issuer {
    /// Newest first. A live key sees what was changed in both environments, a test key the test environment's alone; the
    /// operator sees the issuer's own chain, which tells of the signing keys. Reads beside the writer.
    ///
    /// A page that has fewer than were asked for is not the last where it has a cursor: so much was found among
    /// `searchedAtOnceMax` entries.
    public func audit(
        _ filter: AuditFilter, page: Page, as principal: Principal
    ) async throws -> Listing<SealedAuditEntry> {
        // It tells of every other agent's limits, and of who decides on their spends.
        guard principal.agentID == nil else { throw IssuerError.forbidden(.manage) }
        _ = try page.number()
        let isLong = filter.actor != nil || filter.action != nil || principal.environment == .test
        return try await beside(as: principal, isLong: isLong) { books in
            let (found, last) = try AuditLog.page(
                page, filter, lookAtMost: Int64(Self.searchedAtOnceMax), in: books)
            return Listing(found, page: page, searchedTo: last.map { String($0) }) { String($0.entry.sequence) }
        }
    }

    /// Whether the audit log is as it was written, chain by chain. Reads all of it.
    public func verifyAudit() async throws -> [AuditVerification.Chain] {
        try await AuditVerification(store: store).chains()
    }
}
