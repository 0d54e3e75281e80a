/// Appends to the audit log: a chain of entries for each company, and one for the issuer itself.
///
/// An entry is written in the transaction of the change that it tells of, so there is never one without the other. That
/// transaction holds the lock on the chain: the company's row, or the key set's.
enum AuditTrail {
    static func append(
        _ action: AuditAction, _ object: String, before: String?, after: String?, to company: CompanyID,
        environment: Environment, by author: Author, at now: Instant, in tx: any StoreTransaction
    ) throws(StorageError) {
        let head = try AuditLog.head(of: company, in: tx)
        let entry = AuditEntry(
            companyID: company, sequence: (head?.sequence ?? 0) + 1, at: now, environment: environment,
            actor: author.actor, requestID: author.requestID, action: action.rawValue, object: object,
            before: try before.map(CanonicalJSON.text(of:)), after: try after.map(CanonicalJSON.text(of:)),
            previousHash: head?.hash)
        try AuditLog.append(SealedAuditEntry(entry: entry, hash: hash(of: entry)), in: tx)
    }

    static func hash(of entry: AuditEntry) -> String {
        let hexadecimal = Array("0123456789abcdef".utf8)
        let digest = Digest.sha256(entry.canonical.utf8)
        return String(
            decoding: digest.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension Books {
    /// Notes a change that this transaction makes. `before` and `after` are JSON without secrets.
    func audit(
        _ action: AuditAction, _ object: String, before: String? = nil, after: String? = nil
    ) throws(StorageError) {
        try AuditTrail.append(
            action, object, before: before, after: after, to: companyID, environment: environment, by: author, at: now,
            in: tx)
    }
}
