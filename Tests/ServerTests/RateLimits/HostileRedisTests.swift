import Foundation
import Issuer
import PluginParts
import RedisClient
import RedisFixtures
import Synchronization
import Testing

@testable import Server

@Suite struct `A Redis server that means harm` {
    /// How many asks came at most before one was answered.
    private final class Most: Sendable {
        private let kept = Atomic<Int>(0)
        var value: Int { kept.load(ordering: .relaxed) }

        func note(_ count: Int) { kept.max(count, ordering: .relaxed) }
    }

    private static let probed: [Int64] = [0, 2, 0]

    /// A server that knows the script, and answers each ask with what `answer` makes of how many came before it.
    private func impostor(_ most: Most = Most(), _ answer: @escaping @Sendable (Int) -> [Int64]) -> ImpostorServer {
        ImpostorServer { line in
            _ = line.read()
            line.send("$40\r\n" + String(repeating: "0", count: 40) + "\r\n")
            var (text, answered) = ("", 0)
            while case let bytes = line.read(), !bytes.isEmpty {
                text += String(decoding: bytes, as: UTF8.self)
                let asked = text.components(separatedBy: "EVALSHA\r\n").count - 1
                most.note(asked - answered)
                for number in answered..<asked {
                    let numbers = answer(number)
                    line.send("*\(numbers.count)\r\n" + numbers.map { ":\($0)\r\n" }.joined())
                }
                answered = asked
            }
        }
    }

    private func login(_ server: ImpostorServer, password: String? = nil) -> RedisLogin {
        RedisLogin(RedisAddress(unixPath: server.socket), username: nil, password: password, database: 0)
    }

    private func exchange(_ server: ImpostorServer) -> sending RateExchange {
        let login = login(server)
        return RateExchange(answerMilliseconds: 10_000) { deadline throws(RedisFailure) in
            try login.open(until: deadline)
        }
    }

    private func failure(_ body: () throws(RedisFailure) -> Void) -> String? {
        do throws(RedisFailure) {
            try body()
            return nil
        } catch {
            return error.words.string
        }
    }

    @Test(
        "a level that no bucket of its rate has is refused, not reckoned with",
        arguments: [[1, 1, .max], [1, 1, 2_001_001], [1, 3, 0], [1, .max, .max], [1, 1, -1], [1, .min, 0]] as [[Int64]])
    func levels(_ answer: [Int64]) async throws {
        let server = impostor { $0 == 0 ? Self.probed : answer }
        defer { withExtendedLifetime(server) {} }
        let metrics = SharedRateMetrics()
        let rates = SharedRates(exchange(server), metrics: metrics, now: App.uptime) { _ in }
        _ = await rates.attend()
        #expect(metrics.isShared)
        #expect(await rates.count(.test(1), key: Rate(perSecond: 1), company: nil) == nil)
        #expect(!metrics.isShared)
    }

    @Test func `the fullest and the emptiest bucket are believed`() throws {
        let rate = try #require(Rate(perSecond: 1))
        let ask = RateScript.Ask(buckets: [.init(name: "a", rate: rate)], need: 2, ahead: 0)
        let server = impostor { [Self.probed, [0, 2, 0], [2, 0, 2_000_001]][$0] }
        defer { withExtendedLifetime(server) {} }
        let exchange = exchange(server)
        try exchange.connect()
        var grants: [RateScript.Grant] = []
        try exchange.run([ask, ask]) { grants += $0 }
        #expect(grants.map(\.granted) == [0, 2])
    }

    @Test func `however many ask, so many are sent at once as are answered in time`() throws {
        let rate = try #require(Rate(perSecond: 1))
        let most = Most()
        let server = impostor(most) { $0 == 0 ? Self.probed : [1, Int64($0 % 2), 1_000_000] }
        defer { withExtendedLifetime(server) {} }
        let exchange = exchange(server)
        try exchange.connect()
        let asks = (0..<300).map {
            RateScript.Ask(buckets: [.init(name: "paitify:rate:{co}:\($0)", rate: rate)], need: 1, ahead: 0)
        }
        var (sizes, remaining): ([Int], [Int64]) = ([], [])
        try exchange.run(asks) { grants in
            sizes.append(grants.count)
            remaining += grants.flatMap { $0.levels.map(\.remaining) }
        }
        #expect(sizes == [128, 128, 44] && most.value <= 128)
        #expect(remaining == (1...300).map { Int64($0 % 2) }, "each has the answer to what it asked")
    }

    /// Sends bytes as if for ever: far more than anybody should read.
    private static func pour(_ line: ImpostorServer.Line) {
        line.send("$2000000000\r\n")
        let block = [UInt8](repeating: 120, count: 1 << 20)
        for _ in 0..<64 where !line.send(block) { return }
    }

    /// What is read is the same without end.
    private final class Pouring: RedisTransport {
        private var count = 0

        func write(_ bytes: UnsafeRawBufferPointer) -> RedisTransfer { .moved(bytes.count) }

        func read(into bytes: UnsafeMutableRawBufferPointer) -> RedisTransfer {
            guard count < 64 << 20 else { return .ended(RedisFailure("64 MB were read.")) }
            let begin = Array("$2000000000\r\n".utf8)
            unsafe bytes.copyBytes(from: count == 0 ? begin : Array(repeating: 120, count: bytes.count))
            let moved = count == 0 ? begin.count : bytes.count
            count += moved
            return .moved(moved)
        }
    }

    @Test(
        "an answer without end is read no longer than there is time, and no further than an answer goes",
        arguments: [false, true],
        [(0, "The server did not answer in time."), (60_000, "The server's answer is too long.")] as [(Int64, String)])
    func endless(_ isThroughTransport: Bool, _ row: (milliseconds: Int64, words: String)) throws {
        let server = ImpostorServer(Self.pour)
        defer { withExtendedLifetime(server) {} }
        let connection = try RedisConnection.open(
            RedisAddress(unixPath: server.socket), until: Deadline(inMilliseconds: 60_000),
            transport: isThroughTransport ? { _ in Pouring() } : nil)
        try connection.command.begin(words: 1)
        try connection.command.add("PING")
        let words = failure { () throws(RedisFailure) in
            _ = try connection.run(until: Deadline(inMilliseconds: row.milliseconds))
        }
        #expect(words == row.words)
    }

    @Test(
        "a node of a cluster is told of as such, with what to do",
        arguments: [
            "MOVED 3999 10.0.0.1:6379", "CROSSSLOT Keys in request don't hash to the same slot",
            "CLUSTERDOWN The cluster is down",
        ])
    func cluster(_ answer: String) {
        let server = ImpostorServer { line in
            while case let bytes = line.read(), !bytes.isEmpty { line.send("-\(answer)\r\n") }
        }
        defer { withExtendedLifetime(server) {} }
        let exchange = exchange(server)
        let words = failure { () throws(RedisFailure) in try exchange.connect() }
        #expect(words?.hasPrefix("The server says: \(answer) (a node of a Redis Cluster: name a server") == true)
    }

    @Test func `what a server says to a password is told to nobody`() {
        let server = ImpostorServer { line in
            while case let bytes = line.read(), !bytes.isEmpty {
                line.send("-ERR unknown command 'AUTH', with args beginning with: 'hunter2'\r\n")
            }
        }
        defer { withExtendedLifetime(server) {} }
        let words = failure { () throws(RedisFailure) in
            _ = try login(server, password: "hunter2").open(until: Deadline(inMilliseconds: 60_000))
        }
        #expect(words == "The server refused the user or the password.")
    }
}
