import Foundation
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Server

/// A connection with the real pipeline, no socket, and time that only the test moves.
private final class TestConnection {
    let loop = EmbeddedEventLoop()
    let channel: EmbeddedChannel

    init(limits: ConnectionLimits = ConnectionLimits()) throws {
        channel = EmbeddedChannel(loop: loop)
        let guarded = GuardedHTTPChannel(
            responder: { _, _, _ in }, limits: limits, makeRequestID: { "req_test" })
        try guarded.addHandlers(to: channel.pipeline.syncOperations, now: loop.now)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// What the client sends. Errors that reach the end of the pipeline are the application's to see.
    func receive(_ text: String) {
        _ = try? channel.writeInbound(ByteBuffer(string: text))
        loop.run()
    }

    func advance(seconds: Int64) {
        loop.advanceTime(by: .seconds(seconds))
    }

    /// The parts that have reached the application.
    func parts() throws -> [HTTPRequestPart] {
        var parts: [HTTPRequestPart] = []
        while let part = try? channel.readInbound(as: HTTPRequestPart.self) { parts.append(part) }
        return parts
    }

    func answer(_ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [.contentLength: "2"]) throws {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status, headerFields: headers)))
        try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: "ok")))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    /// Everything the client has been sent.
    func sent() throws -> String {
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }
}

/// Counts how often the socket is asked to read.
private final class ReadCount: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

@Suite struct `The guard of a connection` {
    private static let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `lets a good request through, and one after it`() throws {
        let connection = try TestConnection()
        for _ in 1...2 {
            connection.receive(Self.get)
            #expect(try connection.parts().count == 2)
            try connection.answer()
            #expect(try connection.sent().hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(connection.channel.isActive)
            connection.advance(seconds: 29)
        }
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
        #expect(try connection.sent() == "")
    }

    @Test func `asks for one read more while a request is answered, and for none while others wait`() throws {
        let connection = try TestConnection()
        let reads = ReadCount()
        try connection.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        connection.receive(Self.get + Self.get + Self.get)
        #expect(reads.count == 1)
        try connection.answer()
        for _ in 1...3 { connection.receive(Self.get) }
        #expect(reads.count == 1)
        for _ in 1...5 { try connection.answer() }
        #expect(try connection.parts().count == 12)
        connection.receive(Self.get)
        #expect(reads.count == 2)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let header: String
        let status: Int
        let code: String

        init(_ name: String, _ header: String, _ status: Int, _ code: String) {
            (testDescription, self.header, self.status, self.code) = (name, header, status, code)
        }
    }

    @Test(
        "refuses a header that breaks the rules, and closes",
        arguments: [
            Refusal("no Host", "GET / HTTP/1.1\r\n\r\n", 400, "BAD_HOST"),
            Refusal("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "BAD_HOST"),
            Refusal("a Host of two", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "BAD_HOST"),
            Refusal(
                "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
                400,
                "BAD_REQUEST"),
            Refusal(
                "two lengths the other way round",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400,
                "BAD_REQUEST"),
            Refusal(
                "two Content-Lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
                400,
                "BAD_REQUEST"),
            Refusal(
                "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
                "AMBIGUOUS_LENGTH"),
            Refusal("no HTTP", "hello\r\n\r\n", 400, "BAD_REQUEST"),
            Refusal("a TLS greeting", "\u{16}\u{03}\u{01}\u{00}", 400, "BAD_REQUEST"),
            Refusal("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "BAD_REQUEST"),
            Refusal("a proxy's CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "BAD_TARGET"),
            Refusal("another expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417, "EXPECTATION_FAILED"),
            Refusal(
                "16 KiB of header", "GET / HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "x", count: 16_400))\r\n\r\n",
                431,
                "HEADER_TOO_LARGE"),
            Refusal(
                "65 fields",
                "GET / HTTP/1.1\r\nHost: a\r\n" + (1...64).map { "A\($0): x\r\n" }.joined() + "\r\n", 431,
                "HEADER_TOO_LARGE"),
        ])
    func refusals(_ row: Refusal) throws {
        let connection = try TestConnection()
        connection.receive(row.header)
        let sent = try connection.sent()
        #expect(sent.hasPrefix("HTTP/1.1 \(row.status) "))
        #expect(sent.contains("content-type: application/problem+json\r\n"))
        #expect(sent.contains("connection: close\r\n"))
        #expect(sent.contains("x-request-id: req_test\r\n"))
        #expect(sent.contains("\"code\":\"\(row.code)\""))
        #expect(try connection.parts().isEmpty)
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `takes 64 fields`() throws {
        let connection = try TestConnection()
        connection.receive("GET / HTTP/1.1\r\nHost: a\r\n" + (1...63).map { "A\($0): x\r\n" }.joined() + "\r\n")
        #expect(try connection.parts().count == 2)
    }

    @Test func `tells a client that drips its header, and closes`() throws {
        let connection = try TestConnection()
        connection.receive("GET /he")
        connection.advance(seconds: 4)
        connection.receive("althz HTTP")
        #expect(try connection.sent() == "")
        connection.advance(seconds: 1)
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `tells a client that drips its body, and whoever reads it`() throws {
        let connection = try TestConnection()
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
        #expect(try connection.parts().count == 2)
        connection.advance(seconds: 10)
        #expect(try connection.sent().hasPrefix("HTTP/1.1 408 "))
        #expect(throws: (any Error).self) { try connection.channel.throwIfErrorCaught() }
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `closes after an answer to a body that is still coming`() throws {
        let connection = try TestConnection()
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
        try connection.answer(.unauthorized)
        #expect(try connection.sent().contains("connection: close\r\n"))
        _ = try connection.parts()
        connection.receive(String(repeating: "x", count: 1000))
        #expect(try connection.parts().isEmpty)
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `closes when no answer comes within the request's time`() throws {
        let connection = try TestConnection()
        connection.receive(Self.get)
        connection.advance(seconds: 14)
        #expect(connection.channel.isActive)
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `answers pipelined requests one after the other`() throws {
        let connection = try TestConnection()
        connection.receive(Self.get + Self.get)
        #expect(try connection.parts().count == 2)
        try connection.answer()
        #expect(try connection.parts().count == 2)
        try connection.answer()
        #expect(try connection.sent().components(separatedBy: "HTTP/1.1 200 OK").count == 3)
    }

    @Test func `answers what came before nonsense, and then the nonsense`() throws {
        let connection = try TestConnection()
        connection.receive("GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\nnonsense\r\n\r\n")
        try connection.answer()
        let sent = try connection.sent()
        #expect(sent.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(sent.contains("okHTTP/1.1 400 Bad Request\r\n"))
        #expect(sent.contains("x-request-id: req_test\r\n"))
        connection.advance(seconds: 1)
        #expect(!connection.channel.isActive)
    }

    @Test func `asks for a body that is waited with, unless it would be too large`() throws {
        let connection = try TestConnection()
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try connection.sent().hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
        let other = try TestConnection()
        other.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\nExpect: 100-continue\r\n\r\n")
        #expect(try other.sent() == "")
    }

    @Test(
        "reads a proxy's absolute target as a path",
        arguments: [("http://a/b?c", "/b?c"), ("HTTP://a", "/"), ("http://a?c", "/?c"), ("/b", "/b")])
    func targets(target: String, path: String) throws {
        let connection = try TestConnection()
        connection.receive("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        guard case .head(let head) = try connection.parts().first else {
            Issue.record("no request")
            return
        }
        #expect(head.path == path)
    }

    @Test func `an answer to HEAD that is refused here has no body`() throws {
        let connection = try TestConnection()
        connection.receive("HEAD / HTTP/1.1\r\n\r\n")
        #expect(try connection.sent().hasSuffix("\r\n\r\n"))
    }
}
