import Foundation
import KeysHTTP
import Testing

@testable import Verifier

/// Keys over HTTP as a Swift program uses them. (Tests/KeysHTTP has the hostile answers.)
@Suite struct `Keys over HTTP` {
    /// RFC 8037's example key.
    static let keySet = """
        {"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA",\
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """

    func verifier(_ keys: HTTPKeys) throws -> TokenVerifier {
        var options = TokenVerifier.Options(issuer: "https://issuer.example", audiences: ["a"])
        options.algorithms = .edDSA
        options.keysWanted = keys.wanted
        return try TokenVerifier(options: options)
    }

    @Test func `a refresh installs what the server answers, as fresh as the answer says`() throws {
        let server = LoopbackServer(answering: Self.keySet)
        defer { server.close() }
        let keys = try HTTPKeys(options: .init(url: server.url))
        let verifier = try verifier(keys)
        try keys.attach(to: verifier)
        try keys.refresh()
        let health = try verifier.health()
        #expect(health.freshness == .fresh)
        #expect(health.keyCount == 1)
        #expect((60_000...88_000).contains(health.refreshDueInMilliseconds))
        #expect(keys.status.outcome == .changed)
        #expect(keys.status.httpStatus == 200)
    }

    @Test func `as a key source it fetches, and the verifier installs`() throws {
        let server = LoopbackServer(answering: Self.keySet)
        defer { server.close() }
        let keys = try HTTPKeys(options: .init(url: server.url))
        let verifier = try verifier(keys)
        #expect(try verifier.refresh(from: keys).isEmpty)
        #expect(try verifier.health().keyCount == 1)
        server.reply("", status: "503 Later")
        #expect(throws: VerifyError(.io)) { try verifier.refresh(from: keys) }
        #expect(try verifier.health().failedAttempts == 1)
    }

    @Test func `without a verifier nothing is fetched`() throws {
        let server = LoopbackServer(answering: Self.keySet)
        defer { server.close() }
        let keys = try HTTPKeys(options: .init(url: server.url))
        #expect(throws: VerifyError(.argument)) { try keys.refresh() }
        #expect(throws: VerifyError(.argument)) { try keys.start() }
        #expect(server.requestCount == 0)
    }

    @Test func `the thread ends, and the verifier goes, with the keys' last reference`() throws {
        final class Witness: AuditSink {
            func record(_ decision: borrowing Decision) {}
        }
        let server = LoopbackServer(answering: Self.keySet)
        defer { server.close() }
        weak var witness: Witness?
        try { () throws in
            let keys = try HTTPKeys(options: .init(url: server.url))
            let own = Witness()
            witness = own
            var options = TokenVerifier.Options(issuer: "https://issuer.example", audiences: ["a"])
            options.keysWanted = keys.wanted
            options.audit = own
            try keys.attach(to: TokenVerifier(options: options))
            try keys.start()
            #expect(keys.status.isRunning)
        }()
        #expect(witness == nil, "the closure of the options holds on to neither the keys nor the verifier")
    }

    @Test func `threads refresh, ask, start and stop at once`() throws {
        let server = LoopbackServer(answering: Self.keySet)
        defer { server.close() }
        let keys = try HTTPKeys(options: .init(url: server.url))
        let verifier = try verifier(keys)
        try keys.attach(to: verifier)
        let finished = DispatchGroup()
        for index in 0..<8 {
            finished.enter()
            Thread.detachNewThread {
                defer { finished.leave() }
                for _ in 0..<20 {
                    switch index % 4 {
                    case 0: try? keys.refresh()
                    case 1: keys.wanted([UInt8(ascii: "k")].span)
                    case 2: try? keys.start()
                    default: keys.stop()
                    }
                    _ = keys.status
                }
            }
        }
        finished.wait()
        try keys.refresh()
        #expect(try verifier.health().keyCount == 1)
        #expect(keys.status.failureCount == 0 || keys.status.fetchCount > keys.status.failureCount)
    }

    @Test(
        arguments: ["http://issuer.example/", "http://10.0.0.1/", "ftp://localhost/", "", "https://"])
    func `plain http to another machine is refused before anything is sent`(url: String) {
        #expect(throws: VerifyError(.argument)) { try HTTPKeys(options: .init(url: url)) }
    }
}
