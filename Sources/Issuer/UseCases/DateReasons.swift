extension Issuer {
    /// The reasons, those of rolling limits with the instant from which the same request would fit: the policies know only
    /// how much is in the window, the books when each spend leaves it.
    func dated(
        _ reasons: [Reason], of request: SpendRequest, under policies: [Policy], in books: Books
    ) throws(StorageError) -> [Reason] {
        try reasons.map { (reason) throws(StorageError) in
            guard let figures = reason.limit, figures.interval.seconds != nil, figures.requested <= figures.limit,
                let policy = policies.first(where: { $0.id == reason.policyID }),
                let counter = LimitRules.counter(
                    of: figures.interval, in: policy.terms, agent: request.agent, at: books.now)
            else { return reason }
            var dated = reason
            dated.limit?.resetsAt = try Ledger(books).departure(
                of: figures.spent + figures.requested - figures.limit,
                reason.code == .rollingCountExceeded ? .count : .amount, from: counter,
                currency: request.money.currency)
            return dated
        }
    }
}
