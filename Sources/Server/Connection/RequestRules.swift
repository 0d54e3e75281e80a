import HTTPTypes
import NIOHTTP1

/// What a request's header must be for anyone to look at the request: RFC 9110 and 9112, where the parser is lenient.
enum RequestRules {
    /// What is wrong with the header, if anything.
    static func problem(with head: HTTPRequestHead, limits: ConnectionLimits) -> Problem? {
        let headers = head.headers
        guard head.version.major == 1 else {
            return Problem(.httpVersion, "This server speaks HTTP/1.1. Use that.")
        }
        let hosts = headers["host"]
        guard hosts.count == 1, let host = hosts.first, host.utf8.allSatisfy(isHostByte) else {
            return Problem(
                .badHost,
                hosts.isEmpty
                    ? "The request has no Host. Send exactly one (RFC 9112 section 3.2)."
                    : "The request's Host is there twice or is no host's name. Send exactly one (RFC 9112 section 3.2)."
            )
        }
        if headers.contains(name: "transfer-encoding") {
            guard !headers.contains(name: "content-length"), head.version.minor >= 1 else {
                return Problem(
                    .ambiguousLength,
                    "The request has a Transfer-Encoding where there must be none: beside a Content-Length, or in "
                        + "HTTP/1.0. Send one or the other (RFC 9112 section 6.1).")
            }
        }
        guard head.uri.hasPrefix("/") else {
            return Problem(
                .badTarget, "The request's target must be a path that begins with \"/\".")
        }
        if let expectation = headers.first(name: "expect"), expectation.lowercased() != "100-continue" {
            return Problem(.expectationFailed, "Only \"Expect: 100-continue\" is supported.")
        }
        return nil
    }

    /// Whether the parser reads nothing after this request, as if another protocol followed. It does so for whoever asks
    /// for one, as clients do that would like HTTP/2; the answer has to be the connection's last, or the next request would
    /// wait in vain.
    static func stopsTheParser(_ head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT || head.headers.contains(name: "upgrade")
    }

    /// The target without scheme and host, which a proxy may send before it (RFC 9112 section 3.2.2).
    static func originForm(_ target: String) -> String {
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            let path = rest.firstIndex { $0 == "/" || $0 == "?" }.map { rest[$0...] } ?? ""
            return path.hasPrefix("/") ? String(path) : "/\(path)"
        }
        return target
    }

    /// Whether to say "go on": the client waits to be asked for a body that will be read.
    static func wantsContinue(_ head: HTTPRequestHead, limits: ConnectionLimits) -> Bool {
        guard head.headers.contains(name: "expect"), head.version.minor >= 1 else { return false }
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) }
        return announced.map { $0 <= limits.bodyBytesMax } ?? true
    }

    static func problem(for error: HTTPParserError) -> Problem {
        switch error {
        case .headerOverflow:
            Problem(
                .headerTooLarge,
                "The request's header is too large or has too many fields. Send less.")
        default:
            Problem(.badRequest, "The request cannot be read as HTTP/1.1 (RFC 9112).")
        }
    }

    static let tooSlow = Problem(
        .requestTimeout, "The request did not arrive in time. Send it again without pauses.")

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            "-._~%!$&'()*+;=:[]".utf8.contains(byte)
        }
    }
}
