/// When things were last used, until that is written down: of a busy one once a minute.
///
/// No lock: its owner has it. A use that finds no room is not remembered: it is shown to people, and nothing depends on it.
struct LastUses<Kind: IDKind, Owner> {
    struct Use {
        let owner: Owner
        var at: Instant
        /// What was last handed out to be written down, and when.
        var written: (use: Instant, at: Instant)?
    }

    private static var secondsBetween: Int64 { 60 }

    private let capacity: Int
    private var uses: [ID<Kind>: Use] = [:]

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The clock may be set back: a use before the last one changes nothing.
    mutating func record(_ id: ID<Kind>, of owner: Owner, at now: Instant) {
        if let known = uses[id] {
            if known.at < now { uses[id]?.at = now }
        } else if uses.count < capacity {
            uses[id] = Use(owner: owner, at: now)
        }
    }

    mutating func forget(_ id: ID<Kind>) { uses[id] = nil }

    func last(of id: ID<Kind>) -> Instant? { uses[id]?.at }

    /// In the order of use; `all`: also what would wait. What was written a minute ago and not used since is forgotten.
    mutating func toWrite(at now: Instant, all: Bool) -> [(id: ID<Kind>, use: Use)] {
        let minuteAgo = now.adding(seconds: -Self.secondsBetween)
        uses = uses.filter { _, use in use.written.map { $0.use < use.at || $0.at > minuteAgo } ?? true }
        let due = uses.filter { _, use in use.written.map { $0.use < use.at && (all || $0.at <= minuteAgo) } ?? true }
        for (id, use) in due { uses[id]?.written = (use.at, now) }
        return due.map { ($0, $1) }.sorted { ($0.use.at, $0.id.text) < ($1.use.at, $1.id.text) }
    }
}
