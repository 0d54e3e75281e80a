import Dispatch
import Issuer
import PluginParts
import RedisClient
import RedisFixtures
import StoreFixtures
import Synchronization
import Testing

@testable import Server

@Suite struct `Rate limits shared on a Redis server` {
    /// One issuer's part.
    private struct Part {
        let rates: SharedRates
        let metrics = SharedRateMetrics()
        let told = Told()

        final class Told: Sendable {
            let reasons = Mutex<[String?]>([])
        }

        init(_ url: String) throws {
            let redis = try RedisURL(url)
            let told = told
            rates = SharedRates(
                // Also on a machine that is busy with other tests.
                RateExchange(answerMilliseconds: 10_000) { deadline throws(RedisFailure) in
                    try redis.open(until: deadline)
                },
                metrics: metrics, attendMilliseconds: 60_000, now: App.uptime
            ) { why in told.reasons.withLock { $0.append(why?.words.string) } }
        }

        func passes(_ principal: Principal, _ key: Rate?, _ company: Rate? = nil) async throws -> Bool {
            let standing = await rates.count(principal, key: key, company: company)
            return try #require(standing).wait == nil
        }
    }

    private let server: RedisServer

    init() throws { server = try RedisServer() }

    private func part() async throws -> Part {
        let part = try Part("unix://\(server.socket)")
        _ = await part.rates.attend()
        #expect(part.metrics.isShared)
        return part
    }

    /// How many pass between two moments at most, of a rate: the burst, what came back, and one that came back at their edge.
    private func most(_ rate: Rate, since start: Int64) -> Int {
        Int(rate.burst) + Int(Double(App.uptime() - start) / 1e9 * Double(rate.perSecond)) + 1
    }

    @Test func `of all that many issuers let through at once, no more is let through than one would`() async throws {
        let rate = try #require(Rate(perSecond: 5))
        let parts = [try await part(), try await part()]
        let start = App.uptime()
        let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 { group.addTask { try await parts[number % 2].passes(.test(1), rate) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(passed >= 10 && passed <= most(rate, since: start))
    }

    @Test func `one after the other at changing issuers, as many pass, and the fields say so`() async throws {
        let (key, company) = (try #require(Rate(perSecond: 2)), try #require(Rate(perSecond: 3)))
        let parts = [try await part(), try await part(), try await part()]
        let start = App.uptime()
        var passed = 0
        for number in 0..<12 {
            let counted = await parts[number % 3].rates.count(.test(1), key: key, company: company)
            let standing = try #require(counted)
            if standing.wait == nil { passed += 1 }
            if passed > 0, App.uptime() - start < 300_000_000 {
                #expect(standing.key?.remaining == max(0, 3 - Int64(number)))
                #expect(standing.company?.remaining == max(2, 5 - Int64(number)))
            }
        }
        #expect(passed >= 4 && passed <= most(key, since: start))
        // What the key was refused cost the company nothing: another key has two.
        #expect(try await parts[0].passes(.test(2), key, company))
        #expect(try await parts[1].passes(.test(2), key, company))
    }

    @Test func `whatever comes to whichever issuer, no key and no company passes its limit`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(state: seed)
        let (key, company) = (try #require(Rate(perSecond: 20)), try #require(Rate(perSecond: 30)))
        let parts = [try await part(), try await part(), try await part()]
        var passed: [UInt64: Int] = [:]
        let start = App.uptime()
        for _ in 0..<150 {
            let crowd = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                (UInt64.random(in: 1...3, using: &random), Int.random(in: 0..<3, using: &random))
            }
            let through = try await withThrowingTaskGroup(of: UInt64?.self) { group in
                for (who, place) in crowd {
                    group.addTask { try await parts[place].passes(.test(who), key, company) ? who : nil }
                }
                return try await group.reduce(into: [UInt64]()) { $0 += [$1].compactMap(\.self) }
            }
            for who in through { passed[who, default: 0] += 1 }
        }
        for (who, count) in passed { #expect(count <= most(key, since: start), "seed \(seed), key \(who)") }
        let all = passed.values.reduce(0, +)
        // What an issuer holds ahead for a key that does not come back is lost to the others.
        #expect(all >= 30 && all <= most(company, since: start), "seed \(seed)")
    }

    @Test func `a person's token at two companies has of each what that company has`() async throws {
        let (part, rate) = (try await part(), try #require(Rate(perSecond: 1)))
        // Every command is recorded: the buckets themselves are gone as soon as they are full again.
        for (name, value) in [("slowlog-log-slower-than", "0"), ("slowlog-max-len", "100000")] {
            #expect(try server.command("config", "set", name, value) == "OK\n")
        }
        // Refused at one of them, and at once with others at both.
        for _ in 0..<3 { _ = try await part.passes(.testToken(1, 1), rate) }
        #expect(try await part.passes(.testToken(1, 2), rate))
        let many = try #require(Rate(perSecond: 1000))
        let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<2000 as Range<UInt64> {
                group.addTask { try await part.passes(.testToken(2, 1 + number % 2), many) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(passed == 2000)
        let asked = try #require(try server.command("slowlog", "get", "-1"))
        #expect(asked.contains(Self.tokenBucket(1)) && asked.contains(Self.tokenBucket(2)))
    }

    private static func tokenBucket(_ company: Int) -> String {
        "paitify:rate:{co_0000000000000000000000000\(company)}:usr_00000000000000000000000002"
    }

    @Test func `a busy key is asked for seldom`() async throws {
        let (part, rate) = (try await part(), try #require(Rate(perSecond: 1_000_000)))
        for _ in 0..<2000 { #expect(try await part.passes(.test(1), rate)) }
        #expect(part.metrics.asked.value + part.metrics.held.value == 2000)
        #expect(part.metrics.asked.value < 1000)
    }

    @Test func `scripts that were flushed are sent again, to whoever waits for them`() async throws {
        let (part, rate) = (try await part(), try #require(Rate(perSecond: 1000)))
        for round in 0..<3 {
            try server.command("script", "flush")
            let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for key in 0..<20 as Range<UInt64> {
                    group.addTask { try await part.passes(.test(UInt64(round) * 20 + key), rate) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(passed == 20)
        }
        #expect(part.metrics.alone.value == 0 && part.metrics.falls.value == 0)
    }

    @Test func `the script writes whole numbers where Lua 5.3 and later take no others`() throws {
        let strict = """
            local usual = string
            local string = {match = usual.match, format = function(how, ...)
              for _, number in ipairs({...}) do assert(how ~= '%d' or number == math.floor(number)) end
              return usual.format(how, ...)
            end}\n
            """
        let said = try server.command("eval", strict + RateScript.text, "1", Self.bucket, "1", "0", "2", "3")
        #expect(said == "1\n5\n333333\n")
    }

    private static let bucket = "paitify:rate:{co_00000000000000000000000001}:key_00000000000000000000000001"

    /// What is left of a bucket of 2 at a key that holds this already.
    private func remaining(over value: [String]) async throws -> Int64? {
        try server.command(value[0], Self.bucket, value[1])
        let part = try await part()
        return await part.rates.count(.test(1), key: Rate(perSecond: 1), company: nil)?.key?.remaining
    }

    @Test(
        "a bucket that holds what no script wrote is a full one",
        arguments: [["rpush", "x"], ["set", "nonsense"], ["set", ""], ["set", "-1.0 5"], ["set", "1.0 1e400"]])
    func foreign(_ value: [String]) async throws {
        #expect(try await remaining(over: value) == 1)
    }

    @Test func `a server's clock that jumps fills a bucket once, one that goes back locks nobody out`() async throws {
        // Two were taken an hour ago, by the clock that has jumped.
        #expect(try await remaining(over: ["set", "2.000000 1000000000000000"]) == 1)
        // Two were taken in an hour, by the clock that went back: none is there, and from now on they come back.
        try server.command("set", Self.bucket, "2.000000 9000000000000000")
        let looking = RateScript.text.replacing("return answer", with: "return redis.call('GET', KEYS[1])")
        let kept = try server.command("eval", looking, "1", Self.bucket, "1", "0", "2", "1")
        #expect(kept?.hasPrefix("2.000000 1") == true, "it is noted as of the server's present, not of its past")
    }

    @Test func `what is kept goes by itself`() async throws {
        let part = try await part()
        // Both are kept for half a second or so. Where the machine takes longer than that to ask for them, they are made again.
        let look = """
            local found = {}
            for _, key in ipairs(redis.call('keys', 'paitify:rate:{co_*')) do
                table.insert(found, key .. ' ' .. redis.call('pttl', key))
            end
            return found
            """
        var found: [Substring] = []
        for _ in 1...100 where found.count != 2 {
            _ = try await part.passes(.test(1), Rate(perSecond: 2), Rate(perSecond: 10))
            found = try #require(try server.command("eval", look, "0")).split(separator: "\n")
        }
        #expect(found.count == 2)
        for line in found {
            let (key, left) = (line.prefix { $0 != " " }, line.drop { $0 != " " }.dropFirst())
            #expect(key.hasPrefix("paitify:rate:{co_00000000000000000000000001}"))
            #expect((1...1600).contains(try #require(Int(left))))
        }
    }

    @Test func `a server that is gone keeps nobody waiting, is told of once, and is found again`() async throws {
        let (part, rate) = (try await part(), try #require(Rate(perSecond: 1)))
        #expect(try await part.passes(.test(1), rate))
        server.kill()
        for _ in 0..<5 { #expect(await part.rates.count(.test(1), key: rate, company: nil) == nil) }
        for _ in 0..<3 { #expect(await part.rates.attend() <= 3750) }
        #expect(!part.metrics.isShared)
        #expect(part.metrics.falls.value == 1 && part.metrics.alone.value == 5)
        try server.start()
        #expect(await part.rates.attend() == 1000)
        #expect(part.metrics.isShared)
        #expect(try await part.passes(.test(1), rate))
        let told = part.told.reasons.withLock(\.self)
        #expect(told.count == 3 && told[0] == nil && told[1] != nil && told[2] == nil)
    }

    @Test func `a server whose name is looked up for long holds nobody up, and is found in the end`() async throws {
        let (reached, go) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
        let redis = try RedisURL("unix://\(server.socket)")
        let metrics = SharedRateMetrics()
        let exchange = RateExchange(answerMilliseconds: 10_000) { deadline throws(RedisFailure) in
            reached.continuation.yield()
            go.wait()
            return try redis.open(until: deadline)
        }
        let rates = SharedRates(exchange, metrics: metrics, attendMilliseconds: 1, now: App.uptime) { _ in }
        for _ in 0..<3 { #expect(await rates.attend() == 1000) }
        for await _ in reached.stream { break }
        #expect(await rates.count(.test(1), key: Rate(perSecond: 1), company: nil) == nil)
        #expect(!metrics.isShared)
        go.signal()
        #expect(await comes { metrics.isShared })
    }

    @Test func `what passed on shared limits counts when an issuer has to go on by itself`() async throws {
        let part = try await part()
        let limits = RateLimits(RateSettings(perKey: 2, perCompany: 0), shared: part.rates, now: App.uptime)
        let start = App.uptime()
        for _ in 0..<3 { #expect(await limits.count(.test(1))?.wait == nil) }
        server.kill()
        var passed = 3
        for _ in 0..<5 {
            let counted = await limits.count(.test(1))
            if try #require(counted).wait == nil { passed += 1 }
        }
        let key = try #require(limits.key)
        #expect(passed >= 4 && passed <= most(key, since: start))
    }
}
