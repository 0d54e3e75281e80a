import Testing

@testable import Verifier

@Suite struct `The key cache` {
    static func set(sequence: Int64? = nil) throws -> KeySet {
        let sequence = sequence.map { #","sequence":\#($0)"# } ?? ""
        let document = #"{"keys":[\#(TestKey.shared.jwk)]\#(sequence)}"#
        return try KeySet(
            KeySet.parse(Array(document.utf8).span), allowed: .rs256, sha256: SHA256.fetch())
    }

    static func at(_ wall: Int64, _ steady: Int64) -> Instant { Instant(wallSeconds: wall, steadySeconds: steady) }

    static func cache(fetchedAt: Int64, at now: Instant, sequence: Int64? = nil) throws -> KeyCache {
        try KeyCache().installing(set(sequence: sequence), document: [], fetchedAt: fetchedAt, at: now)
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
            Age("both clocks went on", fetchedAt: 10_000, later: at(10_100, 600), age: 100),
            Age("fetched before the installation", fetchedAt: 9_000, later: at(10_100, 600), age: 1_100),
            Age("the wall clock was set back", fetchedAt: 10_000, later: at(5_000, 600), age: 100),
            Age("set back, and fetched before", fetchedAt: 9_000, later: at(5_000, 600), age: 1_100),
            Age("the wall clock was set forward", fetchedAt: 10_000, later: at(20_000, 600), age: 10_000),
            Age("fetched in the future counts as now", fetchedAt: 99_999, later: at(10_100, 600), age: 100),
            Age("the steady clock went back, as it never should", fetchedAt: 10_000, later: at(10_000, 0), age: 0),
            Age("clocks at their ends", fetchedAt: 0, later: at(.max, .max), age: .max),
        ])
    func ages(_ row: Age) throws {
        let cache = try Self.cache(fetchedAt: row.fetchedAt, at: Self.at(10_000, 500))
        guard case .installed(let installation) = cache.state else { throw VerifyError(.noKeys) }
        #expect(installation.age(at: row.later) == row.age)
    }

    @Test func `keys serve until they are as old as allowed, and not a second longer`() throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(1_000, 0))
        _ = try cache.keys(at: Self.at(1_060, 60), maxStaleSeconds: 60)
        #expect(throws: VerifyError(.keysStale)) { try cache.keys(at: Self.at(1_061, 61), maxStaleSeconds: 60) }
        #expect(throws: VerifyError(.keysStale)) { try cache.keys(at: Self.at(0, 61), maxStaleSeconds: 60) }
    }

    @Test func `an empty cache has no keys`() {
        #expect(throws: VerifyError(.noKeys)) { try KeyCache().keys(at: Self.at(0, 0), maxStaleSeconds: 60) }
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
            _ = try cache.installing(next, document: [], fetchedAt: 1_000, at: now)
        } else {
            #expect(throws: VerifyError(.rollback)) {
                try cache.installing(next, document: [], fetchedAt: 1_000, at: now)
            }
        }
    }

    @Test func `a time before 1970 is refused`() throws {
        #expect(throws: VerifyError(.argument)) { try Self.cache(fetchedAt: -1, at: Self.at(1_000, 0)) }
    }

    @Test func `the same document fetched again is young again`() throws {
        let cache = try Self.cache(fetchedAt: 1_000, at: Self.at(1_000, 0), sequence: 7)
            .installing(Self.set(sequence: 7), document: [], fetchedAt: 5_000, at: Self.at(5_000, 4_000))
        _ = try cache.keys(at: Self.at(5_060, 4_060), maxStaleSeconds: 60)
    }

    @Test func `a set that lost a key drops it at once`() throws {
        let verifier = try Sample.verifier()
        try verifier.install(jwks: #"{"keys":[\#(TestKey.shared.jwk),\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        _ = try verifier.verify(Sample.token(), charge: Sample.charge())
        try verifier.install(jwks: #"{"keys":[\#(TestKey.other.jwk)]}"#, fetchedAt: Sample.now)
        #expect(throws: VerifyError(.unknownKey)) { try verifier.verify(Sample.token(), charge: Sample.charge()) }
    }
}
