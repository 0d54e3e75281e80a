/// The counters of a policy that is only tried: in memory, and as exact as the ledger's. Time moves forward only.
struct SimulatedCounters {
    /// One spend in every counter that covers it.
    struct Reservation {
        fileprivate let periods: [CounterKey]
        fileprivate let windows: [(key: WindowKey, index: Int)]
    }

    fileprivate struct WindowKey: Hashable {
        let subject: CounterKey.Subject
        let seconds: Int64
    }

    /// What was spent, oldest first; what has left stays in the list, before `first`.
    private struct Window {
        var spends: [(at: Instant, spend: Spend)] = []
        var first = 0
        var sum = Spend()

        mutating func add(_ spend: Spend, at now: Instant) {
            spends.append((now, spend))
            sum = sum + spend
        }

        mutating func change(_ index: Int, by change: Spend) {
            spends[index].spend = spends[index].spend + change
            if index >= first { sum = sum + change }
        }

        mutating func forget(before start: Instant) {
            while first < spends.count, spends[first].at < start {
                sum = sum + -spends[first].spend
                first += 1
            }
        }
    }

    private var periods: SpendSoFar = [:]
    private var windows: [WindowKey: Window] = [:]

    /// What these counters have seen. A rolling window's key says until when.
    mutating func spent(_ keys: [CounterKey]) -> SpendSoFar {
        var spent = SpendSoFar()
        for key in keys {
            if let seconds = key.period.rollingSeconds {
                spent[key] = sum(since: key.period.start, WindowKey(subject: key.subject, seconds: seconds))
            } else {
                spent[key] = periods[key] ?? Spend()
            }
        }
        return spent
    }

    /// Counts a spend of this instant, which is no earlier than any before it. Not where a counter cannot hold it.
    mutating func reserve(_ amount: Int64, at now: Instant, in keys: [CounterKey]) -> Reservation {
        guard spent(keys).values.allSatisfy({ $0.amount <= Spend.amountMax - amount }) else {
            return Reservation(periods: [], windows: [])
        }
        let spend = Spend.reserving(amount)
        var (covering, indices): ([CounterKey], [(key: WindowKey, index: Int)]) = ([], [])
        for key in keys {
            if let seconds = key.period.rollingSeconds {
                let window = WindowKey(subject: key.subject, seconds: seconds)
                indices.append((window, windows[window]?.spends.count ?? 0))
                windows[window, default: Window()].add(spend, at: now)
            } else {
                periods[key] = (periods[key] ?? Spend()) + spend
                covering.append(key)
            }
        }
        return Reservation(periods: covering, windows: indices)
    }

    mutating func change(_ reservation: Reservation, by change: Spend) {
        for key in reservation.periods { periods[key] = (periods[key] ?? Spend()) + change }
        for (key, index) in reservation.windows { windows[key]?.change(index, by: change) }
    }

    private mutating func sum(since start: Instant, _ key: WindowKey) -> Spend {
        windows[key]?.forget(before: start)
        return windows[key]?.sum ?? Spend()
    }
}
