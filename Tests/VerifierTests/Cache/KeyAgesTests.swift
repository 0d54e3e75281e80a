import Testing

@testable import Verifier

@Suite struct `The ages of keys` {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var fresh: UInt32 = 300
        var maxStale: UInt32 = 86_400
        var maxAge: UInt32?
        var random: UInt64 = 80_000
        let refresh: Int64
    }

    @Test(
        "a refresh is due at 80 % of the freshness, a tenth of that more or less",
        arguments: [
            Row(testDescription: "the middle", refresh: 240_000),
            Row(testDescription: "the least jitter", random: 0, refresh: 216_000),
            Row(testDescription: "the most jitter", random: 160_000, refresh: 264_000),
            Row(testDescription: "round again", random: 160_001, refresh: 216_000),
            Row(testDescription: "the greatest number", random: .max, refresh: 258_710),
            Row(testDescription: "a shorter max-age", maxAge: 100, refresh: 80_000),
            Row(testDescription: "a longer max-age", maxAge: 301, refresh: 240_000),
            Row(testDescription: "no max-age is not 0", maxAge: nil, refresh: 240_000),
            Row(testDescription: "a max-age of 0", maxAge: 0, random: 160_000, refresh: 0),
            Row(testDescription: "fresh for longer than usable", maxStale: 100, refresh: 80_000),
            Row(testDescription: "the shortest", fresh: 1, random: 0, refresh: 720),
            Row(
                testDescription: "the longest", fresh: .max, maxStale: .max, random: 160_000,
                refresh: 3_779_571_219_600),
        ])
    func refresh(_ row: Row) {
        let ages = KeyAges(
            freshSeconds: row.fresh, maxStaleSeconds: row.maxStale, maxAgeSeconds: row.maxAge, random: row.random)
        #expect(ages.refreshMilliseconds == row.refresh)
        #expect(ages.staleSeconds == Int64(row.maxStale))
    }
}
