/// Recomputes the audit log's chains, and finds the first entry of each that is not what was written.
public struct AuditVerification: Sendable {
    /// How one chain stands.
    public struct Chain: Sendable, Equatable {
        public let companyID: CompanyID
        /// How many entries are whole: all of them, or those before the first that is not.
        public let entries: Int64
        /// The hash of the last whole entry: what to write down elsewhere, to know the chain again by.
        public let hash: String?
        public let fault: Fault?
    }

    public struct Fault: Sendable, Equatable {
        /// Of the first entry that is not whole, or missing.
        public let sequence: Int64
        /// A sentence.
        public let problem: String
    }

    /// Entries read at once.
    private static let stretchMax: Int64 = 1000

    let store: any Store

    /// Every chain, in the order of the companies' identifiers.
    func chains() async throws -> [Chain] {
        let companies = try await IssuerError.mapping {
            try await store.globalTransaction { try AuditLog.chains(in: $0) }
        }
        var chains: [Chain] = []
        for company in companies { chains.append(try await chain(of: company)) }
        return chains
    }

    private func chain(of company: CompanyID) async throws -> Chain {
        var (sequence, hash): (Int64, String?) = (0, nil)
        while true {
            let (stretch, head) = try await IssuerError.mapping { [sequence] in
                try await store.read(for: company) { tx in
                    (
                        try AuditLog.stretch(of: company, after: sequence, limit: Self.stretchMax, in: tx),
                        try AuditLog.head(of: company, in: tx)
                    )
                }
            }
            for sealed in stretch {
                if let problem = Self.problem(with: sealed, after: sequence, hash) {
                    return Chain(
                        companyID: company, entries: sequence, hash: hash,
                        fault: Fault(sequence: sequence + 1, problem: problem))
                }
                (sequence, hash) = (sealed.entry.sequence, sealed.hash)
            }
            if stretch.count < Self.stretchMax {
                return Chain(
                    companyID: company, entries: sequence, hash: hash, fault: Self.fault(sequence, hash, head))
            }
        }
    }

    private static func problem(with sealed: SealedAuditEntry, after sequence: Int64, _ hash: String?) -> String? {
        guard sealed.entry.sequence == sequence + 1 else {
            return "It is missing: the next entry has the number \(sealed.entry.sequence)."
        }
        guard sealed.hash == AuditTrail.hash(of: sealed.entry) else {
            return "It was altered: its hash does not match its content."
        }
        guard sealed.entry.previousHash == hash else {
            return "It does not continue the entry before it: one of the two was replaced."
        }
        return nil
    }

    /// What is wrong with the chain's end.
    private static func fault(_ sequence: Int64, _ hash: String?, _ head: AuditLog.Head?) -> Fault? {
        let last = head?.sequence ?? 0
        if sequence < last {
            return Fault(sequence: sequence + 1, problem: "It is missing: the log once had \(last) entries.")
        }
        if sequence > last || hash != head?.hash {
            return Fault(sequence: sequence, problem: "It is not the last entry written: it was added later.")
        }
        return nil
    }
}
