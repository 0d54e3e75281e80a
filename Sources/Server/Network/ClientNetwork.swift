import NIOCore

/// Where a request comes from, as far as one client is told from another: an IPv4 address, or the 64 bits of an IPv6
/// address that a client cannot choose.
struct ClientNetwork: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Nil for loopback, where whoever is behind a proxy on this machine comes from (see `TrustedProxies`), and for what is no IP address: those
    /// cannot be told apart, and one must not be made to pay for another.
    init?(_ address: SocketAddress?) {
        guard let address else { return nil }
        // As many bytes as the address has, copied before it goes.
        let socket = unsafe address.withSockAddr { start, count in
            unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
        }
        switch address {
        // netinet/in.h: family, port, address.
        case .v4: self.init(ipv4: socket[4..<8])
        // Family, port, flow, address.
        case .v6: self.init(ipv6: socket[8..<24])
        case .unixDomainSocket: return nil
        }
    }

    private init?(ipv4 bytes: ArraySlice<UInt8>) {
        guard bytes.first != 127 else { return nil }
        self.init(bytes: Array(bytes))
    }

    private init?(ipv6 bytes: ArraySlice<UInt8>) {
        // RFC 4291 section 2.5.5.2: an IPv4 address.
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes.dropFirst(10).prefix(2).allSatisfy({ $0 == 0xFF }) {
            self.init(ipv4: bytes.suffix(4))
            return
        }
        guard bytes.dropLast().contains(where: { $0 != 0 }) || bytes.last != 1 else { return nil }
        self.init(bytes: Array(bytes.prefix(8)))
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }
}
