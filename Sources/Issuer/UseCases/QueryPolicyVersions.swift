/// The versions that a policy has had.
public struct PolicyHistory: Sendable {
    public let versions: Listing<PolicyVersion>
    /// Nil for a policy that is still there.
    public let deletedAt: Instant?
}

extension Issuer {
    /// Newest first, also of a policy that was deleted. A key bound to an agent sees the versions that could apply to it, of
    /// a policy whose last one can.
    public func policyVersions(
        _ id: PolicyID, page: Page, as principal: Principal
    ) async throws -> PolicyHistory {
        let before = try page.number() ?? .max
        return try await look(at: nil, as: principal) { books in
            let deletedAt = try Self.history(of: id, for: principal, in: books)
            let versions = try Policies.versions(of: id, before: before, limit: page.fetchLimit, in: books)
            let listing = Listing(versions, page: page) { String($0.version) }
            return PolicyHistory(
                versions: Listing(
                    items: listing.items.filter { principal.sees($0.terms) }, nextCursor: listing.nextCursor),
                deletedAt: deletedAt)
        }
    }

    /// One version, also of a policy that was deleted. Throws `notFound` for one that this key may not see.
    public func policyVersion(
        _ version: Int64, of id: PolicyID, as principal: Principal
    ) async throws -> PolicyVersion {
        try await look(at: nil, as: principal) { books in
            _ = try Self.history(of: id, for: principal, in: books)
            guard let found = try Policies.version(version, of: id, in: books), principal.sees(found.terms) else {
                throw IssuerError.notFound(.policyVersion, "\(version)")
            }
            return found
        }
    }

    /// When it was deleted, if it was. Throws `notFound` for one that never was, or is none of this key's.
    private static func history(of id: PolicyID, for principal: Principal, in books: Books) throws -> Instant? {
        guard let deletedAt = try Policies.history(of: id, in: books) else {
            throw IssuerError.notFound(.policy, id.text)
        }
        if principal.agentID != nil {
            let last = try Policies.versions(of: id, before: .max, limit: 1, in: books).first
            guard let last, principal.sees(last.terms) else { throw IssuerError.notFound(.policy, id.text) }
        }
        return deletedAt
    }
}
