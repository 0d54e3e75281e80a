import Testing

@testable import Verifier

@Suite struct `The key cache` {
    static func set(sequence: Int64? = nil) throws -> KeySet {
        let sequence = sequence.map { #","sequence":\#($0)"# } ?? ""
        let document = #"{"keys":[\#(TestKey.shared.jwk)]\#(sequence)}"#
        return try KeySet(
            KeySet.parse(Array(document.utf8).span), allowed: .rs256, sha256: SHA256.fetch())
    }

    /// Both in seconds, and milliseconds more on the steady clock.
    static func at(_ wall: Int64, _ steady: Int64, _ milliseconds: Int64 = 0) -> Instant {
        Instant(wallSeconds: wall, steadyMilliseconds: steady * 1000 + milliseconds)
    }

    /// Due at 80 s, and stale after 100 s.
    static let ages = KeyAges(freshSeconds: 100, maxStaleSeconds: 100, maxAgeSeconds: nil, random: 80_000)

    static func cache(fetchedAt: Int64, at now: Instant, sequence: Int64? = nil) throws -> KeyCache {
        try KeyCache().installing(set(sequence: sequence), document: [], fetchedAt: fetchedAt, ages: ages, at: now)
    }

    struct Age: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fetchedAt: Int64
        let later: Instant
        let age: Int64
        init(_ name: String, fetchedAt: Int64, later: Instant, age: Int64) {
            (testDescription, self.fetchedAt, self.later, self.age) = (name, fetchedAt, later, age)
        }
    }

    /// Installed at wall 10,000, steady 500.
    @Test(
        "the age is the greater of what the two clocks say",
        arguments: [
            Age("no time has passed", fetchedAt: 10_000, later: at(10_000, 500), age: 0),
            Age("a millisecond has passed", fetchedAt: 10_000, later: at(10_000, 500, 1), age: 1),
            Age("both clocks went on", fetchedAt: 10_000, later: at(10_100, 600), age: 100_000),
            Age("fetched before the installation", fetchedAt: 9_000, later: at(10_100, 600), age: 1_100_000),
            Age("the wall clock was set back", fetchedAt: 10_000, later: at(5_000, 600, 7), age: 100_007),
            Age("set back, and fetched before", fetchedAt: 9_000, later: at(5_000, 600), age: 1_100_000),
            Age("the wall clock was set forward", fetchedAt: 10_000, later: at(20_000, 600), age: 10_000_000),
            Age("fetched in the future counts as now", fetchedAt: 99_999, later: at(10_100, 600), age: 100_000),
            Age("the steady clock went back, as it never should", fetchedAt: 10_000, later: at(10_000, 0), age: 0),
            Age(
                "clocks at their ends", fetchedAt: 0, later: Instant(wallSeconds: .max, steadyMilliseconds: .max),
                age: .max),
            Age(
                "clocks at their other ends", fetchedAt: 10_000,
                later: Instant(wallSeconds: .min, steadyMilliseconds: .min), age: 0),
        ])
    func ages(_ row: Age) throws {
        let cache = try Self.cache(fetchedAt: row.fetchedAt, at: Self.at(10_000, 500))
        guard case .installed(let installation) = cache.state else { throw VerifyError(.noKeys) }
        #expect(installation.age(at: row.later) == row.age)
    }

    struct Freshness: Sendable, CustomTestStringConvertible {
        let later: Instant
        let freshness: KeyFreshness
        let dueIn: Int64
        var testDescription: String { "\(later): \(freshness)" }
        init(_ later: Instant, _ freshness: KeyFreshness, dueIn: Int64) {
            (self.later, self.freshness, self.dueIn) = (later, freshness, dueIn)
        }
    }

    /// Fetched and installed at wall 1,000, steady 0; a refresh is due at 80 s.
    @Test(
        "keys are due at their millisecond, and serve until they are as old as allowed, and not a second longer",
        arguments: [
            Freshness(at(1_000, 0), .fresh, dueIn: 80_000),
            Freshness(at(1_079, 79, 999), .fresh, dueIn: 1),
            Freshness(at(1_080, 80), .due, dueIn: 0),
            Freshness(at(1_080, 80, 1), .due, dueIn: 0),
            Freshness(at(1_079, 0), .fresh, dueIn: 1_000),  // by the wall clock alone
            Freshness(at(1_080, 0), .due, dueIn: 0),
            Freshness(at(0, 79, 999), .fresh, dueIn: 1),  // by the steady clock alone
            Freshness(at(0, 80), .due, dueIn: 0),
            Freshness(at(1_100, 100), .due, dueIn: 0),
            Freshness(at(1_100, 100, 999), .due, dueIn: 0),
            Freshness(at(1_101, 101), .stale, dueIn: 0),
            Freshness(at(1_101, 0), .stale, dueIn: 0),
            Freshness(at(0, 100), .due, dueIn: 0),
            Freshness(at(0, 100, 999), .due, dueIn: 0),
            Freshness(at(0, 101), .stale, dueIn: 0),
        ])
    func freshness(_ row: Freshness) throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(1_000, 0))
        #expect(cache.freshness(at: row.later) == row.freshness)
        #expect(cache.refreshDueIn(RefreshThrottle(), cooldownSeconds: 30, at: row.later) == row.dueIn)
        var wanted = WantedKeys.nothing
        if row.freshness == .stale {
            #expect(throws: VerifyError(.keysStale)) { try cache.requireServing(at: row.later, &wanted) }
            #expect(wanted == .servingKeys)
        } else {
            try cache.requireServing(at: row.later, &wanted)
            #expect(wanted == (row.freshness == .due ? .refresh : .nothing))
        }
    }

    @Test func `stale keys that are fetched anew serve again`() throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(1_000, 0))
        let later = Self.at(2_000, 1_000)
        #expect(cache.freshness(at: later) == .stale)
        let next = try cache.installing(Self.set(), document: [], fetchedAt: 2_000, ages: Self.ages, at: later)
        #expect(next.freshness(at: later) == .fresh)
    }

    @Test func `a set that was fetched long ago is due, or stale, as soon as it is installed`() throws {
        let now = Self.at(1_000, 5)
        #expect(try Self.cache(fetchedAt: 921, at: now).freshness(at: now) == .fresh)
        #expect(try Self.cache(fetchedAt: 920, at: now).freshness(at: now) == .due)
        #expect(try Self.cache(fetchedAt: 900, at: now).freshness(at: now) == .due)
        #expect(try Self.cache(fetchedAt: 899, at: now).freshness(at: now) == .stale)
    }

    @Test func `an empty cache has no keys, and wants some at once`() {
        #expect(KeyCache().freshness(at: Self.at(0, 0)) == .none)
        var wanted = WantedKeys.nothing
        #expect(throws: VerifyError(.noKeys)) { try KeyCache().requireServing(at: Self.at(0, 0), &wanted) }
        #expect(wanted == .servingKeys)
        #expect(KeyCache().refreshDueIn(RefreshThrottle(), cooldownSeconds: 30, at: Self.at(0, 0)) == 0)
    }

    struct SetBack: Sendable, CustomTestStringConvertible {
        let later: Instant
        let seconds: Int64
        var testDescription: String { "\(later): \(seconds)" }
        init(_ later: Instant, _ seconds: Int64) { (self.later, self.seconds) = (later, seconds) }
    }

    /// Installed at wall 10,000, steady 500; the leeway is 30 s.
    @Test(
        "a wall clock that went back is noticed beyond the leeway",
        arguments: [
            SetBack(at(10_000, 500), 0), SetBack(at(10_100, 600), 0), SetBack(at(10_070, 600), 0),
            SetBack(at(10_069, 600), 31), SetBack(at(9_970, 500), 0), SetBack(at(9_969, 500), 31),
            SetBack(at(0, 500), 10_000), SetBack(at(20_000, 600), 0), SetBack(at(10_070, 600, 999), 0),
            SetBack(Instant(wallSeconds: 0, steadyMilliseconds: .max), 9_223_372_036_864_275),
        ])
    func clockSetBack(_ row: SetBack) throws {
        let cache = try Self.cache(fetchedAt: 10_000, at: Self.at(10_000, 500))
        guard case .installed(let installation) = cache.state else { throw VerifyError(.noKeys) }
        #expect(installation.clockSetBack(at: row.later, leewaySeconds: 30) == row.seconds)
    }

    struct Rollback: Sendable, CustomTestStringConvertible {
        let before: Int64?
        let after: Int64?
        let isTaken: Bool
        var testDescription: String { "\(before.map(String.init) ?? "none") then \(after.map(String.init) ?? "none")" }
        init(_ before: Int64?, _ after: Int64?, isTaken: Bool) {
            (self.before, self.after, self.isTaken) = (before, after, isTaken)
        }
    }

    @Test(
        "a set older than one that was seen is refused",
        arguments: [
            Rollback(nil, nil, isTaken: true), Rollback(nil, 0, isTaken: true), Rollback(7, 6, isTaken: false),
            Rollback(7, 7, isTaken: true), Rollback(7, 8, isTaken: true), Rollback(7, nil, isTaken: false),
            Rollback(0, nil, isTaken: false), Rollback(.max, .max, isTaken: true), Rollback(.max, 0, isTaken: false),
        ])
    func rollback(_ row: Rollback) throws {
        let now = Self.at(1_000, 0)
        let cache = try Self.cache(fetchedAt: 1_000, at: now, sequence: row.before)
        let next = try Self.set(sequence: row.after)
        if row.isTaken {
            _ = try cache.installing(next, document: [], fetchedAt: 1_000, ages: Self.ages, at: now)
        } else {
            #expect(throws: VerifyError(.rollback)) {
                try cache.installing(next, document: [], fetchedAt: 1_000, ages: Self.ages, at: now)
            }
        }
    }

    @Test func `a time before 1970 is refused`() throws {
        #expect(throws: VerifyError(.argument)) { try Self.cache(fetchedAt: -1, at: Self.at(1_000, 0)) }
    }

    @Test func `the same sequence is taken though it was fetched before, and is as old as that`() throws {
        let now = Self.at(5_000, 0)
        let cache = try Self.cache(fetchedAt: 5_000, at: now, sequence: 7)
            .installing(Self.set(sequence: 7), document: [], fetchedAt: 4_899, ages: Self.ages, at: now)
        #expect(cache.freshness(at: now) == .stale)
    }

    @Test func `the same document fetched again is young again`() throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(1_000, 0), sequence: 7)
            .installing(
                Self.set(sequence: 7), document: [], fetchedAt: 5_000, ages: Self.ages, at: Self.at(5_000, 4_000))
        #expect(cache.freshness(at: Self.at(5_060, 4_060)) == .fresh)
    }

    struct Fetched: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fetchedAt: Int64
        let now: Instant
        let isTaken: Bool
        init(_ name: String, _ fetchedAt: Int64, at now: Instant, isTaken: Bool) {
            (testDescription, self.fetchedAt, self.now, self.isTaken) = (name, fetchedAt, now, isTaken)
        }
    }

    /// The one before was fetched at 1,000 and installed at wall 2,000, steady 0.
    @Test(
        "a set without a sequence that was fetched before the installed one is refused",
        arguments: [
            Fetched("a second before", 999, at: at(3_000, 1_000), isTaken: false),
            Fetched("at the same second", 1_000, at: at(3_000, 1_000), isTaken: true),
            Fetched("a second after", 1_001, at: at(3_000, 1_000), isTaken: true),
            Fetched("now, on a clock that was set back", 500, at: at(500, 1_000), isTaken: true),
            Fetched("before now, on a clock that was set back", 499, at: at(500, 1_000), isTaken: false),
        ])
    func fetchedBefore(_ row: Fetched) throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(2_000, 0))
        let next = Result {
            try cache.installing(
                Self.set(), document: [], fetchedAt: row.fetchedAt, ages: Self.ages, at: row.now)
        }
        if row.isTaken {
            _ = try next.get()
        } else {
            #expect(throws: VerifyError(.rollback)) { try next.get() }
        }
    }

    @Test func `a higher sequence is taken though it was fetched before`() throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(2_000, 0), sequence: 7)
        _ = try cache.installing(
            Self.set(sequence: 8), document: [], fetchedAt: 999, ages: Self.ages, at: Self.at(2_000, 0))
    }

    @Test func `a set that lost a key drops it at once`() throws {
        let verifier = try Sample.verifier()
        try verifier.install(jwks: #"{"keys":[\#(TestKey.shared.jwk),\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        _ = try verifier.verify(Sample.token(), charge: Sample.charge())
        try verifier.install(jwks: #"{"keys":[\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        #expect(throws: VerifyError(.unknownKey)) { try verifier.verify(Sample.token(), charge: Sample.charge()) }
    }
}
