/// A new company and its first key, which is shown this once.
public struct NewCompany: Sendable {
    public let companyID: CompanyID
    public let apiKey: String
}

extension Issuer {
    /// Opens a company's books and makes its first key, for the live environment and with every scope. For operators: no
    /// principal asks.
    public func createCompany(name: Name) async throws -> NewCompany {
        let now = clock.now()
        let companyID: CompanyID = ids.next(at: now)
        let (secret, hash) = try await newSecret(for: .live, of: nil)
        let key = APIKey(
            id: ids.next(at: now), environment: .live, name: .firstKey, prefix: secret.prefix,
            scopes: Set(Scope.allCases), agentID: nil, createdAt: now, expiresAt: nil, lastUsedAt: nil)
        try await IssuerError.mapping {
            try await store.transaction(for: companyID) { tx in
                let books = try Books.opened(companyID, name: name, by: .command, at: now, in: tx)
                try APIKeys.insert(key, hash: hash, tag: secret.tag, of: companyID, in: tx)
                try books.audit(.apiKeyCreated, key.id.text, after: key.json)
            }
        }
        return NewCompany(companyID: companyID, apiKey: secret.text)
    }
}

extension Books {
    /// The books of a company that is new in this transaction.
    static func opened(
        _ company: CompanyID, name: Name, by author: Author, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) -> Books {
        try Companies.insert(company, name: name, at: now, in: tx)
        let books = Books(
            tx: tx, companyID: company, environment: .live, now: now, policyVersion: 0, author: author)
        try books.audit(
            .companyCreated, company.text,
            after: JSONWriter.text { json in
                json.object { json in
                    json.member("id", company.text)
                    json.member("name", name.text)
                }
            })
        return books
    }
}

extension Name {
    fileprivate static let firstKey = Name(known: "First key")
}
