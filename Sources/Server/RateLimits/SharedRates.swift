import Dispatch
import Issuer
import RedisClient
import Synchronization

/// The limits of API keys, sessions and companies, counted by all issuers together on a Redis server.
///
/// Whoever finds nothing that is held for him waits in line; one queue sends all who wait at once, so that however many
/// there are, one round trip is under way. When the server is gone, or slow, everybody is told at once to count for
/// himself, and whoever comes after does not wait at all, until `attend` has found the server again. Any thread; no event
/// loop ever waits.
final class SharedRates: Sendable {
    private struct Waiting {
        let holder: RateHolder
        let rates: (key: Rate?, company: Rate?)
        let resume: CheckedContinuation<RateLimits.Standing?, Never>
    }

    private struct State {
        var leases = RecentCache<RateHolder, RateLease>(capacity: 10_000)
        var waiting: [Waiting] = []
        var isSending = false
        var isThere = false
        var isLooking = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "paitify.rates")
    private let link: Link
    private let now: @Sendable () -> Int64
    private let metrics: SharedRateMetrics
    private let attendMilliseconds: Int
    /// Told of each change, once; with why, where the server cannot be asked any more.
    private let changed: @Sendable (_ why: RedisFailure?) -> Void

    /// What the queue alone touches.
    private final class Link: @unchecked Sendable {
        // Sendable: all of it is used on the one queue.
        let exchange: RateExchange
        /// Attempts to reach the server that failed, since it last held for a while.
        var failures = 0
        var wasToldOfFailure = false

        init(_ exchange: RateExchange) { self.exchange = exchange }
    }

    /// `now` gives nanoseconds since any instant, and never goes back. It connects when it is first attended to, and a server
    /// that is there says so within `attendMilliseconds`.
    init(
        _ exchange: sending RateExchange, metrics: SharedRateMetrics, attendMilliseconds: Int = 1000,
        now: @escaping @Sendable () -> Int64,
        changed: @escaping @Sendable (_ why: RedisFailure?) -> Void
    ) {
        link = Link(exchange)
        self.metrics = metrics
        self.attendMilliseconds = attendMilliseconds
        self.now = now
        self.changed = changed
    }

    /// Counts one request of `principal`. Nil where the server cannot be asked.
    func count(_ principal: Principal, key: Rate?, company: Rate?) async -> RateLimits.Standing? {
        let (now, holder) = (now(), RateHolder(principal))
        let (held, isThere) = state.withLock { state -> (RateLimits.Standing?, Bool) in
            guard state.isThere, var lease = state.leases.value(for: holder) else {
                return (nil, state.isThere)
            }
            let held = lease.take(now: now)
            state.leases.update(holder, to: lease)
            return (held, true)
        }
        if let held {
            metrics.held.add()
            return held
        }
        guard isThere else {
            metrics.alone.add()
            return nil
        }
        let standing = await withCheckedContinuation { resume in
            enter(Waiting(holder: holder, rates: (key, company), resume: resume))
        }
        (standing == nil ? metrics.alone : metrics.asked).add()
        return standing
    }

    private func enter(_ waiting: Waiting) {
        let isWelcome = state.withLock { state in
            guard state.isThere else { return false }
            state.waiting.append(waiting)
            if !state.isSending {
                state.isSending = true
                queue.async { self.send() }
            }
            return true
        }
        if !isWelcome { waiting.resume.resume(returning: nil) }
    }

    /// Sends what waits, until nothing does.
    private func send() {
        while true {
            let batch = state.withLock { state in
                defer { state.waiting.removeAll(keepingCapacity: true) }
                state.isSending = !state.waiting.isEmpty
                return state.waiting
            }
            if batch.isEmpty { return }
            let groups = Self.byHolder(batch)
            let asks = state.withLock { state in
                let now = now()
                return groups.map { ask(for: $0, &state.leases, now: now) }
            }
            var rest = groups[...]
            do throws(RedisFailure) {
                try link.exchange.run(asks) { grants in
                    settle(rest.prefix(grants.count), grants)
                    rest = rest.dropFirst(grants.count)
                }
            } catch {
                fall(error)
                for one in rest.joined() { one.resume.resume(returning: nil) }
            }
        }
    }

    /// Whoever is counted together, together, in the order in which they came.
    private static func byHolder(_ batch: [Waiting]) -> [[Waiting]] {
        var places: [RateHolder: Int] = [:]
        var groups: [[Waiting]] = []
        for one in batch {
            if let place = places[one.holder] {
                groups[place].append(one)
            } else {
                places[one.holder] = groups.count
                groups.append([one])
            }
        }
        return groups
    }

    private func ask(
        for group: [Waiting], _ leases: inout RecentCache<RateHolder, RateLease>, now: Int64
    ) -> RateScript.Ask {
        let one = group[0]
        var lease = leases.value(for: one.holder) ?? RateLease()
        let ahead = lease.askAhead(now: now)
        leases.insert(lease, for: one.holder)
        let prefix = "paitify:rate:{\(one.holder.company)}"
        var buckets: [RateScript.Bucket] = []
        if let rate = one.rates.key {
            buckets.append(.init(name: "\(prefix):\(one.holder.credential.bucket)", rate: rate))
        }
        if let rate = one.rates.company { buckets.append(.init(name: prefix, rate: rate)) }
        return RateScript.Ask(buckets: buckets, need: Int64(group.count), ahead: ahead)
    }

    private func settle(_ groups: ArraySlice<[Waiting]>, _ grants: [RateScript.Grant]) {
        for (group, grant) in zip(groups, grants) {
            let one = group[0]
            let standings = state.withLock { state in
                var lease = state.leases.value(for: one.holder) ?? RateLease()
                let standings = lease.settle(
                    grant, need: group.count, key: one.rates.key, company: one.rates.company, now: now())
                state.leases.insert(lease, for: one.holder)
                return standings
            }
            for (waiting, standing) in zip(group, standings) { waiting.resume.resume(returning: standing) }
        }
    }

    /// On the queue. Nobody waits for the server any more.
    private func fall(_ why: RedisFailure) {
        let (waiting, wasThere) = state.withLock { state in
            defer {
                state.isThere = false
                state.waiting.removeAll()
            }
            return (state.waiting, state.isThere)
        }
        metrics.set(shared: false)
        if wasThere { metrics.falls.add() }
        if wasThere || !link.wasToldOfFailure {
            link.wasToldOfFailure = true
            changed(why)
        }
        for one in waiting { one.resume.resume(returning: nil) }
    }

    /// Looks whether the server is there, and gives after how many milliseconds to look again. What is wrong is told once.
    ///
    /// Returns within `attendMilliseconds`, although a look may take longer: nothing bounds how long a name is looked up. It
    /// then goes on by itself, and nobody looks a second time meanwhile.
    func attend() async -> Int64 {
        await withCheckedContinuation { (done: CheckedContinuation<Int64, Never>) in
            let answer = Answer(done)
            let isFirst = state.withLock { state in
                defer { state.isLooking = true }
                return !state.isLooking
            }
            if isFirst {
                queue.async {
                    let delay = self.look()
                    self.state.withLock { $0.isLooking = false }
                    answer.give(delay)
                }
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(attendMilliseconds)) {
                answer.give(Self.probeMilliseconds)
            }
        }
    }

    /// Whoever gives it first has given it.
    private final class Answer: Sendable {
        private let waiting: Mutex<CheckedContinuation<Int64, Never>?>

        init(_ waiting: CheckedContinuation<Int64, Never>) { self.waiting = Mutex(waiting) }

        func give(_ delay: Int64) {
            let waiting = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            waiting?.resume(returning: delay)
        }
    }

    /// On the queue.
    private func look() -> Int64 {
        do throws(RedisFailure) {
            if state.withLock(\.isThere) {
                try link.exchange.probe()
                link.failures = 0
                return Self.probeMilliseconds
            }
            try link.exchange.connect()
            // What was held before is the past's: the server may have forgotten it, or have been asked by others.
            state.withLock { state in
                state.leases = RecentCache(capacity: 10_000)
                state.isThere = true
            }
            metrics.set(shared: true)
            link.wasToldOfFailure = false
            changed(nil)
            return Self.probeMilliseconds
        } catch {
            fall(error)
            link.failures += 1
            return Self.delay(afterFailures: link.failures)
        }
    }

    private static let probeMilliseconds: Int64 = 1000

    /// 100 ms, 200, 400, … 3 s, each of three quarters to five quarters, so that issuers do not all come back at once.
    private static func delay(afterFailures failures: Int) -> Int64 {
        let usual = Int64(min(50 << min(failures, 6), 3000))
        return .random(in: usual * 3 / 4...usual * 5 / 4)
    }
}

extension Credential {
    /// Under which name its requests are counted.
    fileprivate var bucket: String {
        switch self {
        case .apiKey(let id): id.text
        case .session(let id, _): id.text
        case .token(let user): user.text
        case .operatorKey: "operator"
        }
    }
}
