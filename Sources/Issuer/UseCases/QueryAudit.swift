/// What was changed, by whom and when.
extension Issuer {
    /// Newest first. A live key sees what was changed in both environments, a test key the test environment's alone; the
    /// operator sees the issuer's own chain, which tells of the signing keys.
    public func audit(
        _ filter: AuditFilter, page: Page, as principal: Principal
    ) async throws -> Listing<SealedAuditEntry> {
        // It tells of every other agent's limits, and of who decides on their spends.
        guard principal.agentID == nil else { throw IssuerError.forbidden(.manage) }
        _ = try page.number()
        return try await look(at: nil, as: principal) { books in
            Listing(try AuditLog.page(page, filter, in: books), page: page) { String($0.entry.sequence) }
        }
    }

    /// Whether the audit log is as it was written, chain by chain. Reads all of it.
    public func verifyAudit() async throws -> [AuditVerification.Chain] {
        try await AuditVerification(store: store).chains()
    }
}
