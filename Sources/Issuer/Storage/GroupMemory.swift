/// What the transactions of one group commit have found out about companies, which those that follow in it need not ask
/// again. It ends with the group, and is forgotten as soon as a transaction of the group is undone.
///
/// What was found out before a company's row was locked may have been changed by another issuer since, and is forgotten
/// when it is locked.
public final class GroupMemory {
    struct Standing {
        /// Once the group has locked the company's row, as it stands.
        var admission: Companies.Admission?
        /// As the group has raised it.
        var revision: Int64?
        /// As they stand, of those that the group has looked at since it locked the company's row.
        var agents: [SeenAgent: Agent.Status] = [:]
        /// Before then nothing of the company's is due to lapse; nil where nobody has looked.
        var nextLapse: Instant?
        /// As the group has changed them and read them again.
        var policies: [Environment: PolicyCache.Entry] = [:]
        /// Read under the lock; with what the group has changed and not written yet.
        var sheets: [CounterSheet.Subject: CounterSheet] = [:]
        /// What the group's transactions will ask for, until the company's row is locked.
        var foreseen: [Foreseen] = []
        /// What was foreseen as it was found then, until somebody takes it or changes it.
        var found: [Foreseen: [Row]] = [:]
    }

    struct SeenAgent: Hashable {
        let environment: Environment
        let id: AgentID
    }

    /// The key set's number, as a transaction that had locked a company's row has read it.
    var keySetSequence: Int64?
    /// How the group's company stood when the group before was committed, until somebody locks the company's row.
    var presumed: Standings.Left?
    /// The revision that the company's row must have had before, or the group is not committed.
    var checkedRevision: Int64?
    /// Whose sheets have something to write.
    var companiesWithChanges: Set<CompanyID> = [] { didSet { hasChanged = true } }
    /// Rows that are to be written.
    var authorizations: [[SQLValue]] = [] { didSet { hasChanged = true } }
    /// Whether something was left here to be written. To be reset by whoever asks.
    var hasChanged = false
    /// Whose policies the group has changed, undone or not: what it reads of them may never have been. So nothing of it is
    /// remembered beyond the group, and this is not forgotten before its end.
    private(set) var companiesWithNewPolicies: Set<CompanyID> = []
    private var standings: [CompanyID: Standing] = [:]

    public init() {}

    subscript(company: CompanyID) -> Standing {
        get { standings[company] ?? Standing() }
        _modify { yield &standings[company, default: Standing()] }
    }

    func notePolicyChange(of company: CompanyID) {
        companiesWithNewPolicies.insert(company)
    }

    /// All but whose policies have changed.
    func forgetAll() {
        standings.removeAll(keepingCapacity: true)
        companiesWithChanges.removeAll(keepingCapacity: true)
        authorizations.removeAll(keepingCapacity: true)
        keySetSequence = nil
        presumed = nil
        checkedRevision = nil
    }

    /// To be called when all is written.
    func forgetSheets() {
        for company in standings.keys { standings[company]?.sheets.removeAll() }
    }
}
