/// What the transactions of one group commit have found out about companies, which those that follow in it need not ask
/// again. It ends with the group, and is forgotten as soon as a transaction of the group is undone.
public final class GroupMemory {
    struct Standing {
        /// Once the group has locked the company's row, as it stands.
        var admission: Companies.Admission?
        /// Before then nothing of the company's is due to lapse; nil where nobody has looked.
        var nextLapse: Instant?
    }

    private var standings: [CompanyID: Standing] = [:]

    public init() {}

    subscript(company: CompanyID) -> Standing {
        get { standings[company] ?? Standing() }
        set { standings[company] = newValue }
    }

    func forgetAll() {
        standings.removeAll(keepingCapacity: true)
    }
}
