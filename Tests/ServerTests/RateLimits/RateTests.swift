import NIOCore
import Synchronization
import Testing

@testable import Issuer
@testable import Server

@Suite struct `Rates` {
    /// Takes at each instant, in milliseconds, and tells which were refused.
    private func refused(_ perSecond: Int, at milliseconds: [Int64]) throws -> [Bool] {
        let rate = try #require(Rate(perSecond: perSecond))
        var fullAt: Int64 = 0
        return milliseconds.map { rate.take(from: &fullAt, now: $0 * 1_000_000).wait != nil }
    }

    @Test func `twice as many at once after a pause, then one whenever one has come back`() throws {
        let spent = Array(repeating: Int64(0), count: 20)
        #expect(try !refused(10, at: spent).contains(true))
        #expect(try refused(10, at: spent + [0, 0]).suffix(2) == [true, true])
        // 10 a second come back one each 100 ms.
        #expect(try refused(10, at: spent + [99, 100, 100, 199, 200]).suffix(5) == [true, false, true, true, false])
    }

    @Test func `a refusal takes nothing, and tells how long to wait`() throws {
        let rate = try #require(Rate(perSecond: 2))
        var fullAt: Int64 = 0
        let remaining = (0..<4).map { _ in rate.take(from: &fullAt, now: 0).remaining }
        #expect(remaining == [3, 2, 1, 0])
        for _ in 0..<100 {
            let standing = rate.take(from: &fullAt, now: 100_000_000)
            #expect(standing.wait == 400_000_000 && standing.remaining == 0 && standing.fullIn == 1_900_000_000)
        }
        #expect(rate.take(from: &fullAt, now: 500_000_000).wait == nil)
    }

    @Test func `over any stretch of time no more pass than the burst and what came back`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        let rate = try #require(Rate(perSecond: 7))
        var (fullAt, now): (Int64, Int64) = (0, 0)
        var passed: [Int64] = []
        for _ in 0..<5000 {
            now += Int64.random(in: 0...200_000_000, using: &random)
            if rate.take(from: &fullAt, now: now).wait == nil { passed.append(now) }
        }
        for start in stride(from: 0, to: passed.count, by: 97) {
            for end in stride(from: start, to: passed.count, by: 31) {
                let seconds = Double(passed[end] - passed[start]) / 1e9
                #expect(Double(end - start + 1) <= 14 + 7 * seconds + 1, "seed \(seed)")
            }
        }
    }

    @Test func `nothing is no limit`() {
        #expect(Rate(perSecond: 0) == nil)
        #expect(RateLimits(.none, now: { 0 }).take(.test(1)) == nil)
    }

    @Test func `a key is limited by itself, and all keys of a company together`() throws {
        let limits = RateLimits(RateSettings(perKey: 2, perCompany: 3), now: { 0 })
        func passes(_ key: UInt64, _ company: UInt64 = 1) -> Bool { limits.take(.test(key, company))?.wait == nil }
        #expect((0..<5).map { _ in passes(1) } == [true, true, true, true, false])
        // 6 for the company, of which 4 are taken; what the key was refused cost the company nothing.
        #expect((0..<3).map { _ in passes(2) } == [true, true, false])
        #expect(limits.take(.test(2))?.company?.wait != nil && limits.take(.test(2))?.key?.wait == nil)
        #expect(passes(3, 2))
    }

    @Test func `a person's token is counted at each company by itself`() {
        let limits = RateLimits(RateSettings(perKey: 1, perCompany: 0), now: { 0 })
        func passes(_ company: UInt64) -> Bool { limits.take(.testToken(1, company))?.wait == nil }
        #expect([passes(1), passes(1), passes(1)] == [true, true, false])
        #expect([passes(2), passes(2), passes(2)] == [true, true, false])
    }

    @Test func `after too many wrong keys from an address no more are looked up, until some time has passed`() throws {
        let now = Mutex<Int64>(0)
        let limits = RateLimits(RateSettings(perKey: 0, refusalsPerAddress: 2), now: { now.withLock { $0 } })
        let (one, other) = (try Self.client("192.0.2.1"), try Self.client("192.0.2.2"))
        for _ in 0..<4 {
            #expect(limits.mayTry(one))
            limits.noteRefusal(one)
        }
        #expect(!limits.mayTry(one) && limits.mayTry(other) && limits.mayTry(nil))
        now.withLock { $0 = 500_000_000 }
        #expect(limits.mayTry(one))
        limits.noteRefusal(one)
        #expect(!limits.mayTry(one))
    }

    @Test func `ten thousand keys are remembered, and no more`() {
        let limits = RateLimits(RateSettings(perKey: 1, perCompany: 0), now: { 0 })
        for key in 0..<20_001 as Range<UInt64> { _ = limits.take(.test(key)) }
        // The first has been forgotten, so its bucket is full.
        #expect(limits.take(.test(0))?.key?.remaining == 1)
        #expect(limits.take(.test(20_000))?.key?.remaining == 0)
    }

    static func client(_ address: String) throws -> ClientNetwork? {
        ClientNetwork(try SocketAddress(ipAddress: address, port: 80))
    }

    @Test func `an address is one client, of IPv6 its first half; loopback is nobody`() throws {
        #expect(try Self.client("192.0.2.1") == Self.client("192.0.2.1"))
        #expect(try Self.client("192.0.2.1") != Self.client("192.0.2.2"))
        #expect(try Self.client("192.0.2.1") == Self.client("::ffff:192.0.2.1"))
        #expect(try Self.client("2001:db8:1:2::1") == Self.client("2001:db8:1:2:ffff::1"))
        #expect(try Self.client("2001:db8:1:2::1") != Self.client("2001:db8:1:3::1"))
        for address in ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"] {
            #expect(try Self.client(address) == nil)
        }
        #expect(ClientNetwork(nil) == nil)
        #expect(ClientNetwork(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}

extension Principal {
    /// A key of a company, each by a number.
    static func test(_ key: UInt64, _ company: UInt64 = 1) -> Principal {
        test(.apiKey(APIKeyID("key_\(digits(key))")!), company)
    }

    /// A person's token, good for a company, each by a number.
    static func testToken(_ user: UInt64, _ company: UInt64) -> Principal {
        test(.token(of: UserID("usr_\(digits(user))")!), company)
    }

    private static func test(_ credential: Credential, _ company: UInt64) -> Principal {
        Principal(
            companyID: CompanyID("co_\(digits(company))")!, environment: .live, credential: credential,
            scopes: [.read], keyVersion: 0)
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number)
        return String(repeating: "0", count: 26 - text.count) + text
    }
}
