import Testing

@testable import Server

@Suite struct `What an issuer holds of shared limits` {
    private static let rate = Rate(perSecond: 100)
    private static let life = RateLease.lifeNanoseconds

    /// As the server would answer while there is enough: `left` after what was given.
    private func grant(_ granted: Int64, left: Int64) -> RateScript.Grant {
        RateScript.Grant(granted: granted, levels: [.init(remaining: left, fullIn: (200 - left) * 10_000)])
    }

    private func take(_ lease: inout RateLease, _ now: Int64) -> RateLimits.Standing? { lease.take(now: now) }

    private func askAhead(_ lease: inout RateLease, _ now: Int64) -> Int64 { lease.askAhead(now: now) }

    private func settle(_ lease: inout RateLease, _ grant: RateScript.Grant, need: Int, at now: Int64) -> [Bool] {
        lease.settle(grant, need: need, key: Self.rate, company: nil, now: now).map { $0.wait == nil }
    }

    @Test func `a credential that comes for the first time is given what it needs, and nothing ahead`() {
        var lease = RateLease()
        #expect(take(&lease, 0) == nil)
        #expect(askAhead(&lease, 0) == 0)
        #expect(settle(&lease, grant(1, left: 199), need: 1, at: 0) == [true])
        #expect(take(&lease, 1) == nil, "there is none left, and the server may have some")
    }

    @Test func `twice as much ahead while it is used up in time, and half where it is not`() {
        var lease = RateLease()
        var now: Int64 = 0
        var asked: [Int64] = []
        for _ in 0..<5 {
            let ahead = askAhead(&lease, now)
            asked.append(ahead)
            _ = settle(&lease, grant(1 + ahead, left: 150), need: 1, at: now)
            for _ in 0..<ahead { #expect(take(&lease, now)?.wait == nil) }
            #expect(take(&lease, now) == nil)
            now += Self.life / 2
        }
        #expect(asked == [0, 1, 3, 7, 15])
        now += Self.life
        #expect(askAhead(&lease, now) == 7)
        #expect(askAhead(&lease, now) == 3)
    }

    @Test func `what is held is not used any more once its time is over`() {
        var lease = RateLease()
        _ = settle(&lease, grant(3, left: 100), need: 1, at: 0)
        #expect(take(&lease, Self.life - 1)?.wait == nil)
        #expect(take(&lease, Self.life) == nil)
    }

    @Test func `of those who wait as many pass as there are, and nobody asks again before there is one`() throws {
        var lease = RateLease()
        _ = askAhead(&lease, 0)
        #expect(settle(&lease, grant(2, left: 0), need: 4, at: 0) == [true, true, false, false])
        let taken = take(&lease, 1_000_000)
        let refused = try #require(taken)
        // 100 a second: one is back after 10 ms.
        #expect(refused.wait == 9_000_000 && refused.key?.remaining == 0)
        #expect(take(&lease, 9_999_999)?.wait == 1)
        #expect(take(&lease, 10_000_000) == nil)
        #expect(askAhead(&lease, 10_000_000) == 0, "of a bucket that is empty nothing is asked ahead")
    }

    @Test func `the answers' fields count what is held as still there`() {
        var lease = RateLease()
        let standings = lease.settle(
            grant(4, left: 196), need: 2, key: Self.rate, company: nil, now: 0)
        #expect(standings.map(\.key?.remaining) == [199, 198])
        #expect(take(&lease, 0)?.key?.remaining == 197 && take(&lease, 0)?.key?.remaining == 196)
    }

    @Test func `where the company has none, the key is not told to wait`() throws {
        var lease = RateLease()
        let company = try #require(Rate(perSecond: 1))
        let none = RateScript.Grant(
            granted: 0, levels: [.init(remaining: 150, fullIn: 500_000), .init(remaining: 0, fullIn: 1_999_999)])
        let standing = lease.settle(none, need: 1, key: Self.rate, company: company, now: 0)[0]
        #expect(standing.key?.wait == nil && standing.key?.remaining == 150)
        #expect(standing.company?.wait == 999_999_000 && standing.company?.remaining == 0)
        #expect(standing.wait == 999_999_000)
    }
}
