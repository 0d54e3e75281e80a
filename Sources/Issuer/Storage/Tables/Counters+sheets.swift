/// Counters as a group reads them, moves them and writes them: each once, however many authorizations there are in it.
extension Counters {
    // A rolling window counts from its start on, whatever the clock says now.
    fileprivate static let covering = Statement(
        """
        SELECT subject, period_start, period_end, \(SpendSums.columns)
        FROM counters
        WHERE company_id = $1 AND environment = $2 AND currency = $3 AND subject IN ($4, $5) AND period_end > $6
            AND (period_start <= $7 OR period_end > \(Period.allTime.end.milliseconds))
        """, .knowing)
    private static let write = Statement(
        """
        UPDATE counters SET reserved_amount = $1, reserved_count = $2, confirmed_amount = $3, confirmed_count = $4
        WHERE company_id = $5 AND environment = $6 AND currency = $7 AND subject = $8 AND period_end = $9
            AND period_start = $10
        """, .knowing)

    /// For how long a sheet covers what follows: longer than a group takes.
    fileprivate static let sheetSeconds: Int64 = 60

    /// The open counters of an agent and of the whole company that cover this instant, and every rolling window of theirs,
    /// wherever it begins.
    static func live(agent: AgentID, currency: CurrencyCode, in books: Books) throws(StorageError) -> SpendSoFar {
        var spent = SpendSoFar()
        for (subject, sheet) in try sheets(agent, books.environment, currency, at: books.now, in: books) {
            for counter in sheet.counters(at: books.now) {
                spent[CounterKey(subject: subject, period: counter.period)] = counter.spend
            }
        }
        return spent
    }

    /// Adds to every open counter that covers the authorization. Where a rolling window may be among them, gives the keys of
    /// them all.
    static func shift(
        by change: Spend, for authorization: Authorization, at authorizedAt: Instant, in books: Books
    ) throws(StorageError) -> [CounterKey] {
        let (environment, currency) = (authorization.environment, authorization.money.currency)
        let found = try sheets(authorization.agentID, environment, currency, at: authorizedAt, in: books)
        guard isLocked(books), !found.contains(where: { $0.sheet.hasRolling }) else {
            return try shiftAndTell(by: change, for: authorization, at: authorizedAt, in: books)
        }
        for (subject, _) in found {
            let name = CounterSheet.Subject(environment: environment, currency: currency, text: subject.text)
            guard var sheet = books.tx.memory[books.companyID].sheets.removeValue(forKey: name) else {
                throw .corrupt("a group has forgotten the counters of \(name.text)")
            }
            sheet.shift(by: change, at: authorizedAt)
            books.tx.memory[books.companyID].sheets[name] = sheet
        }
        books.tx.memory.companiesWithChanges.insert(books.companyID)
        return []
    }

    /// Asks in one go for an agent's status and for what a decision on its spends needs to know of counters.
    static func foresee(agent: AgentID, currency: CurrencyCode, in books: Books) throws(StorageError) {
        guard isLocked(books), Agents.knownStatus(of: agent, in: books) == nil else { return }
        let look = Look(agent, books.environment, currency, at: books.now, in: books)
        guard let missing = try look.missing() else { return }
        let rows = try books.tx.ask([Agents.statusQuestion(of: agent, in: books), missing.question])
        try Agents.remember(agent, rows[0], in: books)
        _ = try look.sheets(missing.covered, rows[1])
    }

    /// Whether the group remembers an agent's status, and what a decision on its spends needs to know of counters.
    static func areKnown(agent: AgentID, currency: CurrencyCode, in books: Books) -> Bool {
        Agents.knownStatus(of: agent, in: books) != nil
            && Look(agent, books.environment, currency, at: books.now, in: books).isKnown
    }

    /// As for a group that remembers nothing of them.
    static func asIfUnknown(agent: AgentID, currency: CurrencyCode, in books: Books) -> Question {
        let look = Look(agent, books.environment, currency, at: books.now, in: books)
        return look.question(for: look.names, covered: look.ahead)
    }

    /// What `asIfUnknown` has found.
    static func remember(
        _ rows: [Row], agent: AgentID, currency: CurrencyCode, in books: Books
    ) throws(StorageError) {
        let look = Look(agent, books.environment, currency, at: books.now, in: books)
        _ = try look.sheets(look.ahead, rows)
    }

    /// The agent's sheet and the company's, both of which cover the instant: as the group remembers them, or as read now.
    private static func sheets(
        _ agent: AgentID, _ environment: Environment, _ currency: CurrencyCode, at instant: Instant, in books: Books
    ) throws(StorageError) -> [(subject: CounterKey.Subject, sheet: CounterSheet)] {
        let look = Look(agent, environment, currency, at: instant, in: books)
        guard let missing = try look.missing() else { return look.known }
        return try look.sheets(missing.covered, books.tx.execute(missing.question))
    }

    /// Writes a counter as a sheet has it.
    static func write(
        _ counter: CounterSheet.Counter, of subject: CounterSheet.Subject, _ company: CompanyID,
        in tx: any StoreTransaction
    ) throws(StorageError) {
        try tx.execute(
            write,
            counter.spend.values + [
                SQLValue(company), .text(subject.environment.rawValue), .text(subject.currency.text),
                .text(subject.text), SQLValue(counter.period.end), SQLValue(counter.period.start),
            ])
    }

    fileprivate static func isLocked(_ books: Books) -> Bool { books.tx.memory[books.companyID].admission != nil }
}

/// A look at an agent's counters and the company's at one instant.
private struct Look {
    let books: Books
    let instant: Instant
    let subjects: [CounterKey.Subject]
    let names: [CounterSheet.Subject]

    init(
        _ agent: AgentID, _ environment: Environment, _ currency: CurrencyCode, at instant: Instant, in books: Books
    ) {
        self.books = books
        self.instant = instant
        subjects = [.agent(agent), .company]
        names = subjects.map { CounterSheet.Subject(environment: environment, currency: currency, text: $0.text) }
    }

    /// What the group remembers.
    var known: [(subject: CounterKey.Subject, sheet: CounterSheet)] {
        zip(subjects, names).compactMap { subject, name in
            books.tx.memory[books.companyID].sheets[name].map { (subject, $0) }
        }
    }

    /// Whether the group remembers both.
    var isKnown: Bool {
        names.allSatisfy { books.tx.memory[books.companyID].sheets[$0]?.covered.contains(instant) == true }
    }

    /// How to ask for what the group does not remember; nil where it remembers all.
    func missing() throws(StorageError) -> (question: Question, covered: ClosedRange<Instant>)? {
        let sheets = names.map { books.tx.memory[books.companyID].sheets[$0] }
        let missing = names.indices.filter { sheets[$0]?.covered.contains(instant) != true }
        guard !missing.isEmpty else { return nil }
        if missing.contains(where: { sheets[$0]?.isChanged == true }) {
            try books.tx.memory.writeCounters(in: books.tx)
        }
        let before = missing.compactMap { sheets[$0]?.covered.lowerBound }.min() ?? instant
        let after = missing.compactMap { sheets[$0]?.covered.upperBound }.max() ?? instant
        let covered = min(ahead.lowerBound, before)...max(ahead.upperBound, after)
        return (question(for: missing.map { names[$0] }, covered: covered), covered)
    }

    /// What a sheet covers that is read at this instant.
    var ahead: ClosedRange<Instant> { instant...instant.adding(seconds: Counters.sheetSeconds) }

    /// For one of the names or both.
    func question(for names: [CounterSheet.Subject], covered: ClosedRange<Instant>) -> Question {
        let (first, last) = (names[0], names[names.count - 1])
        return Question(
            Counters.covering,
            [
                SQLValue(books.companyID), .text(first.environment.rawValue), .text(first.currency.text),
                .text(first.text), .text(last.text), SQLValue(covered.lowerBound), SQLValue(covered.upperBound),
            ])
    }

    /// Both sheets, with what was missing as it was found.
    func sheets(
        _ covered: ClosedRange<Instant>, _ rows: [Row]
    ) throws(StorageError) -> [(subject: CounterKey.Subject, sheet: CounterSheet)] {
        var found: [String: [CounterSheet.Counter]] = [:]
        for row in rows {
            let period = Period(start: try row.instant(1), end: try row.instant(2))
            found[try row.text(0), default: []].append(
                CounterSheet.Counter(period: period, spend: try row.spend(from: 3)))
        }
        var sheets: [(subject: CounterKey.Subject, sheet: CounterSheet)] = []
        for (subject, name) in zip(subjects, names) {
            if let known = books.tx.memory[books.companyID].sheets[name], known.covered.contains(instant) {
                sheets.append((subject, known))
                continue
            }
            let sheet = CounterSheet(covered: covered, counters: found[name.text] ?? [])
            // Without the lock another issuer may change them meanwhile.
            if Counters.isLocked(books) { books.tx.memory[books.companyID].sheets[name] = sheet }
            sheets.append((subject, sheet))
        }
        return sheets
    }
}
