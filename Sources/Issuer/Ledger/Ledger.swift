/// Reserves budget, makes it final, gives it back. Every change of an authorization and of the counters that cover it
/// is made here, in one transaction, together.
struct Ledger {
    let books: Books

    init(_ books: Books) {
        self.books = books
    }

    /// What has been spent against these counters, opening those that no limit needed before. Throws a `Backlog` where they
    /// have more than `countedMax` authorizations to add up.
    func spent(
        _ keys: [CounterKey], agent: AgentID, currency: CurrencyCode, countedMax: Int64
    ) throws -> SpendSoFar {
        guard !keys.isEmpty else { return [:] }
        let opening = CounterOpening(books, currency: currency, isStep: false, countedMax: countedMax)
        guard let spent = try spent(keys, agent: agent, by: opening) else {
            throw Backlog.counters(keys, agent: agent, currency: currency)
        }
        return spent
    }

    /// Opens these counters as far as `countedMax` authorizations go. Whether they are all whole.
    func openFurther(
        _ keys: [CounterKey], agent: AgentID, currency: CurrencyCode, countedMax: Int64
    ) throws(StorageError) -> Bool {
        // Time went on since they were asked for.
        let keys = keys.map { key in
            guard let seconds = key.period.rollingSeconds else { return key }
            return CounterKey(subject: key.subject, period: .rolling(seconds: seconds, at: books.now))
        }
        let opening = CounterOpening(books, currency: currency, isStep: true, countedMax: countedMax)
        return try spent(keys, agent: agent, by: opening) != nil
    }

    private func spent(
        _ keys: [CounterKey], agent: AgentID, by opening: CounterOpening
    ) throws(StorageError) -> SpendSoFar? {
        var opening = opening
        var spent = try Counters.live(agent: agent, currency: opening.currency, in: books)
        for key in keys where spent[key] == nil {
            guard let spend = try open(key, spent, by: &opening) else { return nil }
            spent[key] = spend
        }
        return spent
    }

    private func open(
        _ key: CounterKey, _ live: SpendSoFar, by opening: inout CounterOpening
    ) throws(StorageError) -> Spend? {
        guard let seconds = key.period.rollingSeconds else {
            return try opening.open(key, dropAt: key.period.dropsAt)
        }
        // Its key tells since when it counted when it was last looked at.
        let known = live.first { $0.key.subject == key.subject && $0.key.period.end == key.period.end }
        return try RollingWindow(seconds, of: key.subject, currency: opening.currency, in: books)
            .spend(in: key.period, known: known.map { ($0.key.period, $0.value) }, by: &opening)
    }

    /// When so much will have left a rolling window that `spent` was asked for. Nil where it never held so much.
    func departure(
        of least: Int64, _ unit: LimitUnit, from key: CounterKey, currency: CurrencyCode
    ) throws(StorageError) -> Instant? {
        guard let seconds = key.period.rollingSeconds, least > 0 else { return nil }
        return try RollingWindow(seconds, of: key.subject, currency: currency, in: books)
            .departure(of: least, unit, from: key.period)
    }

    /// Records a decision and what it was made under. An approved one reserves: it raises every open counter that covers it.
    func record(_ authorization: Authorization, _ evidence: Evidence) throws(StorageError) {
        // From here on the reservation must succeed.
        try Authorizations.insert(authorization, evidence, in: books)
        try reserveIfApproved(authorization)
    }

    /// Records what a person decided on a held request; where the policies were asked again, what they were asked under.
    func recordApproval(_ authorization: Authorization, _ evidence: Evidence?) throws(StorageError) {
        // From here on the reservation must succeed.
        try Authorizations.update(authorization, in: books)
        if let evidence { try Authorizations.addEvidence(evidence, to: authorization.id, in: books) }
        try reserveIfApproved(authorization)
    }

    /// Carries out an event, and gives the authorization as it is afterwards.
    func apply(_ event: AuthorizationEvent, to authorization: Authorization) throws -> Authorization {
        let transition = try Transition.of(event, on: authorization, at: books.now)
        let reserved = authorization.money.minorUnits
        var after = authorization
        let change: Spend
        switch transition {
        case .alreadyDone:
            return authorization
        case .confirm(let amount):
            (after.status, after.confirmedAmount) = (.confirmed, amount)
            change = .confirming(amount, of: reserved)
        case .confirmLate(let amount):
            (after.status, after.confirmedAmount, after.late) = (.confirmed, amount, true)
            change = .confirmingLate(amount)
        case .release:
            after.status = .voided
            change = .releasing(reserved)
        case .expire:
            after.status = .expired
            change = .releasing(reserved)
        case .denyLapsed:
            (after.status, after.decision) = (.denied, .denied)
            after.reasons = [
                Reason(code: .approvalExpired, message: "The request for approval expired.")
            ]
            change = Spend()
        }
        after.resolvedAt = books.now
        // From here on the change must succeed.
        try Authorizations.update(after, in: books)
        try shift(by: change, for: after)
        books.changes?.note(after)
        return after
    }

    /// Lapses what is due in this company, oldest first. The first step of every transaction that looks at its state, so
    /// that expiry is exact and needs nobody.
    ///
    /// What is over `most`, of reservations or of held requests, is left to the transactions that follow, and stays as it is
    /// until then: gives whether there may be such. Whoever looks at one of those finds it lapsed all the same, see `asOfNow`.
    @discardableResult
    func lapseDue(most: Int64) throws -> Bool {
        if let next = books.tx.memory[books.companyID].nextLapse, books.now < next { return false }
        if try nothingIsDue() { return false }
        _ = try Companies.lock(books.companyID, in: books.tx)
        // Another issuer may have been faster.
        let reservations = try Authorizations.lapsedReservations(max: most, in: books)
        let requests = try Authorizations.lapsedRequests(max: most, in: books)
        for authorization in reservations + requests { _ = try apply(.lapse, to: authorization) }
        return max(reservations.count, requests.count) >= most
    }

    /// Whether nothing is due, which holds for the rest of the group until something may be.
    private func nothingIsDue() throws(StorageError) -> Bool {
        let next = try Authorizations.nextLapse(in: books) ?? Period.allTime.end
        guard books.now < next else { return false }
        books.tx.memory[books.companyID].nextLapse = next
        return true
    }

    /// What was recorded lapses in its time, in this group too.
    private func noteLapse(of authorization: Authorization) {
        guard let lapse = authorization.lapsesAt else { return }
        let memory = books.tx.memory
        if let next = memory[books.companyID].nextLapse, lapse < next { memory[books.companyID].nextLapse = lapse }
    }

    /// The authorization, lapsed if that is due and its turn has not come yet.
    func asOfNow(_ authorization: Authorization) throws -> Authorization {
        guard authorization.isDue(at: books.now) else { return authorization }
        _ = try Companies.lock(books.companyID, in: books.tx)
        // As it is under the lock: before it, another issuer may have changed it.
        let current = try Authorizations.find(authorization.id, in: books) ?? authorization
        return current.isDue(at: books.now) ? try apply(.lapse, to: current) : current
    }

    private func reserveIfApproved(_ authorization: Authorization) throws(StorageError) {
        noteLapse(of: authorization)
        guard authorization.decision == .approved else { return }
        try shift(by: .reserving(authorization.money.minorUnits), for: authorization)
    }

    /// Every change of an authorization reaches every open counter that covers it, and leaves one open for the stride it
    /// counts in wherever a rolling window covers it.
    private func shift(by change: Spend, for authorization: Authorization) throws(StorageError) {
        guard change != Spend(), let authorizedAt = authorization.authorizedAt else { return }
        let shifted = try Counters.shift(by: change, for: authorization, at: authorizedAt, in: books)
        for window in shifted {
            guard let seconds = window.period.rollingSeconds else { continue }
            let stride = CounterKey(
                subject: window.subject, period: .stride(ofWindow: seconds, holding: authorizedAt))
            guard !shifted.contains(stride) else { continue }
            // Opened with what the authorization is now: it needs no shifting.
            try Counters.open(
                stride, currency: authorization.money.currency,
                dropAt: Period.dropping(from: stride.period.end, ofWindow: seconds),
                in: books.switched(to: authorization.environment))
        }
    }
}

extension Authorization {
    /// Whether its reservation's time, or a held request's, is over.
    fileprivate func isDue(at now: Instant) -> Bool { lapsesAt.map { $0 <= now } ?? false }

    /// When its reservation's time, or a held request's, is over; nil where nothing lapses.
    fileprivate var lapsesAt: Instant? {
        switch status {
        case .pending: holdExpiresAt
        case .held: expiresAt
        case .confirmed, .voided, .expired, .denied: nil
        }
    }
}
