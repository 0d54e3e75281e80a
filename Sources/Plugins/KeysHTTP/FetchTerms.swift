/// How a fetch is made, but for the address.
struct FetchTerms: Sendable {
    static let userAgent = "libpaitifyverify-http/0.1.0"

    /// How long the connection may take, its name and TLS included, and the whole fetch.
    var connectMilliseconds: UInt32 = 5000
    var totalMilliseconds: UInt32 = 10_000
    /// A file of certificates (PEM) with a NUL at its path's end; nil for the system's.
    var authoritiesFile: [CChar]?
    var proxy: ProxyAddress?
}
