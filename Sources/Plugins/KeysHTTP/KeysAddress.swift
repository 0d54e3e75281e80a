import CURL
import Verifier

/// Where a key set is fetched from: https, or http to this very machine. That there is one proves that it is allowed.
struct KeysAddress: Sendable {
    static let bytesMax = 2048

    /// The address as libcurl spells it.
    let bytes: [UInt8]
    /// Whether it is http, which only this machine's own loopback is reached by.
    let isPlain: Bool

    /// Throws `argument`, with what is wrong.
    init(_ address: [UInt8]) throws(VerifyError) {
        let parts = try AddressParts(address, named: "url")
        let scheme = parts[CURLUPART_SCHEME]
        isPlain = scheme.equals("http")
        guard isPlain || scheme.equals("https") else {
            throw VerifyError(
                .argument, "url is neither https nor http, but \(String(decoding: scheme, as: UTF8.self)).")
        }
        guard parts[CURLUPART_USER].isEmpty, parts[CURLUPART_PASSWORD].isEmpty else {
            throw VerifyError(.argument, "url has a user or a password in it; a key set is public.")
        }
        guard !isPlain || Self.isLoopback(parts[CURLUPART_HOST].lowercased) else {
            throw VerifyError(
                .argument,
                "url is plain http to another machine: whoever is on the way could give other keys. Use https.")
        }
        bytes = parts[CURLUPART_URL]
    }

    /// `localhost`, 127.0.0.0/8 or ::1. libcurl has brought numbers to their usual spelling, and asks no name server
    /// for `localhost`.
    private static func isLoopback(_ host: [UInt8]) -> Bool {
        host.equals("localhost") || host.equals("[::1]") || isLoopbackIPv4(host)
    }

    private static func isLoopbackIPv4(_ host: [UInt8]) -> Bool {
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].equals("127") else { return false }
        return parts.allSatisfy { part in part.count <= 3 && CacheControl.deltaSeconds(part).map { $0 <= 255 } ?? false
        }
    }
}

/// The proxy that the host names: http, https, socks5 or socks5h; perhaps with a user and a password.
struct ProxyAddress: Sendable {
    let bytes: [UInt8]

    /// Throws `argument`.
    init(_ address: [UInt8]) throws(VerifyError) {
        let parts = try AddressParts(address, named: "proxy")
        let scheme = parts[CURLUPART_SCHEME]
        let isKnown =
            scheme.equals("http") || scheme.equals("https") || scheme.equals("socks5") || scheme.equals("socks5h")
        guard isKnown else { throw VerifyError(.argument, "proxy's scheme is none of http, https, socks5, socks5h.") }
        bytes = parts[CURLUPART_URL]
    }
}
