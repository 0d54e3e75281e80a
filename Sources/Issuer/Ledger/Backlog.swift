/// What must be done before a transaction can be, and takes longer than all others may be kept waiting: it is worked off in
/// steps, each a transaction of its own, between which others have their turn. Then the transaction begins again.
enum Backlog: Error {
    /// Counters that have much to add up before they are whole.
    case counters([CounterKey], agent: AgentID, currency: CurrencyCode)
    /// More reservations, or held requests, whose time is over than one transaction lapses.
    case lapses
}
