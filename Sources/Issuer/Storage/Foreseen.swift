/// Something that a transaction will ask of its company's books, as is known before it begins.
///
/// A store that is far away asks for it when the company's row is locked, for all transactions of a group at once. A transaction
/// that finds nothing so asks for itself.
public struct Foreseen: Hashable, Sendable {
    enum Subject: Hashable, Sendable {
        /// The status of an agent, and the counters of its spends.
        case spend(AgentID, CurrencyCode)
        /// What was first answered under a key of whoever is bound to an agent, or of the company's.
        case answer(IdempotencyKey, for: AgentID?)
        case authorization(AuthorizationID)
    }

    let environment: Environment
    let subject: Subject

    /// How many statements ask for it.
    var questionCount: Int {
        switch subject {
        case .spend: 2
        case .answer, .authorization: 1
        }
    }

    /// How it is asked for, under the lock that is about to be taken.
    func questions(in books: Books) -> [Question] {
        switch subject {
        case .spend(let agent, let currency):
            [
                Agents.statusQuestion(of: agent, in: books),
                Counters.asIfUnknown(agent: agent, currency: currency, in: books),
            ]
        case .answer(let key, let agent): [IdempotencyKeys.findQuestion(key, in: books.bound(to: agent))]
        case .authorization(let id): [Authorizations.findQuestion(id, in: books)]
        }
    }

    /// Whether the group remembers it from the group before.
    func isKnown(in books: Books) -> Bool {
        switch subject {
        case .spend(let agent, let currency): Counters.areKnown(agent: agent, currency: currency, in: books)
        case .answer, .authorization: false
        }
    }

    /// Has the group remember what was found, the rows of each question, under the lock.
    func remember(_ rows: ArraySlice<[Row]>, in books: Books) throws(StorageError) {
        guard let first = rows.first, let last = rows.last else { return }
        switch subject {
        case .spend(let agent, let currency):
            try Agents.remember(agent, first, in: books)
            try Counters.remember(last, agent: agent, currency: currency, in: books)
        case .answer, .authorization: books.tx.memory[books.companyID].found[self] = first
        }
    }
}

extension Books {
    fileprivate func bound(to agent: AgentID?) -> Books {
        var books = self
        books.boundTo = agent
        return books
    }

    /// As they were found before they were asked for, or as they are found now.
    func rows(of subject: Foreseen.Subject, or question: Question) throws(StorageError) -> [Row] {
        if let found = take(subject) { return found }
        return try tx.execute(question)
    }

    /// Whoever is bound to an agent is given the company's answer, too: that there was none is past.
    func forgetAnswers(to key: IdempotencyKey) {
        guard boundTo == nil else { return }
        for one in tx.memory[companyID].found.keys where one.environment == environment {
            guard case .answer(let asked, for: .some) = one.subject, asked == key else { continue }
            take(one.subject)
        }
    }

    /// Once: who asks first may change what they tell of.
    @discardableResult
    func take(_ subject: Foreseen.Subject) -> [Row]? {
        tx.memory[companyID].found.removeValue(forKey: Foreseen(environment: environment, subject: subject))
    }
}
