/// How a use case reads beside the writer, whom nobody then waits for. What it finds may be a moment old.
extension Issuer {
    /// Whoever asks is admitted where it is read.
    func besideAdmitted<Value: Sendable>(
        _ principal: Principal, _ body: @escaping @Sendable (Books, _ revision: Int64) throws -> Value
    ) async throws -> Value {
        try await read(as: principal) { [self] books in
            guard let found = try Companies.revision(of: books.companyID, in: books.tx) else {
                throw IssuerError.unauthenticated
            }
            try admit(principal, keyVersion: found.keyVersion, at: books.now, in: books.tx)
            return try body(books, found.revision)
        }
    }

    /// After the principal was admitted: what takes long must not be in a decision's way. `isLong`: nor in the way of short
    /// looks, and the company's own come one after the other.
    func beside<Value: Sendable>(
        at agent: AgentID? = nil, as principal: Principal, isLong: Bool = true,
        _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        let version = try await look(at: agent, as: principal) { books in
            // Nothing lapses where it is only read.
            if books.isBehind { throw Backlog.lapses }
            // Remembered now, while it is certain what is current.
            _ = try self.policyCache.policies(in: books)
            return books.policyVersion
        }
        return try await read(as: principal, policyVersion: version, isLong: isLong, body)
    }

    /// Nobody is admitted: whoever asks was before, or is by `body`.
    func read<Value: Sendable>(
        as principal: Principal, policyVersion: Int64 = 0, isLong: Bool = false,
        _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        let now = clock.now()
        let onBooks = { @Sendable (tx: any StoreTransaction) throws -> Value in
            try body(
                Books(
                    tx: tx, companyID: principal.companyID, environment: principal.environment, now: now,
                    policyVersion: policyVersion))
        }
        return try await IssuerError.mapping {
            guard isLong else { return try await store.read(for: principal.companyID, onBooks) }
            return try await turns.run(for: principal.companyID) {
                try await store.longRead(for: principal.companyID, onBooks)
            }
        }
    }
}
