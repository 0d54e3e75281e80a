/// How companies stood when the last group of each was committed on a connection.
///
/// Every transaction that changes anything of a company's raises its revision first. So as long as the revision is what the
/// group has left, all that it knew is still so, and the next group need not ask: it has the server check that. This ends with
/// the connection, so that no other server's past is taken for this one's.
struct Standings {
    struct Left {
        let company: CompanyID
        let revision: Int64
        let standing: GroupMemory.Standing
        /// As the last group of any company has read it.
        let keySetSequence: Int64
    }

    /// Of so many companies at most.
    static let companiesMax = 1000
    /// So many agents and sheets of one company at most; past that they are asked for again.
    static let rowsMax = 256
    /// So many groups in a row must have found a company as the one before had left it, or nothing is presumed: where another
    /// issuer is at work on it too, most groups would be run in vain.
    static let calmMin = 3
    /// Where that was presumed in vain, a hundred more before that.
    static let calmAfterFailure = -100

    private struct Entry {
        let revision: Int64
        let standing: GroupMemory.Standing
        var calm: Int
    }

    private var entries: [CompanyID: Entry] = [:]
    private var keySetSequence: Int64?

    /// How the company is presumed to stand; nil where that has to be asked.
    func presumed(of company: CompanyID) -> Left? {
        guard let entry = entries[company], entry.calm >= Self.calmMin, let keySetSequence else { return nil }
        return Left(
            company: company, revision: entry.revision, standing: entry.standing, keySetSequence: keySetSequence)
    }

    /// Another issuer was at work on the company's books, or on the signing keys.
    mutating func failed(_ company: CompanyID) {
        entries[company]?.calm = Self.calmAfterFailure
    }

    mutating func forget(_ company: CompanyID) {
        entries[company] = nil
    }

    /// A group of the company's was committed.
    mutating func committed(_ company: CompanyID, _ memory: GroupMemory) {
        var standing = memory[company]
        // It has only looked.
        guard let revision = standing.revision else { return }
        keySetSequence = memory.keySetSequence ?? keySetSequence
        let old = entries.removeValue(forKey: company)
        guard standing.admission != nil else { return }
        (standing.foreseen, standing.found, standing.policies) = ([], [:], [:])
        if standing.agents.count + standing.sheets.count > Self.rowsMax {
            (standing.agents, standing.sheets) = ([:], [:])
        }
        if entries.count >= Self.companiesMax, let any = entries.first { entries[any.key] = nil }
        let calm = old?.calm ?? 0
        let isAsLeft = old.map { $0.revision + 1 == revision } ?? false
        entries[company] = Entry(
            revision: revision, standing: standing, calm: isAsLeft ? min(calm + 1, Self.calmMin) : min(calm, 0))
    }
}
