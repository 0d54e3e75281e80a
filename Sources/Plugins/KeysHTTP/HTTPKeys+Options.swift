import Verifier

extension HTTPKeys {
    /// Where keys come from, and how they are fetched.
    public struct Options: Sendable {
        /// The key set's address: https; or http to localhost, 127.0.0.0/8 or ::1. At most 2048 bytes.
        public var url: String
        /// Where the keys are kept, so that a processor that restarts without a network verifies at once; nil for
        /// nowhere.
        public var keysFile: String? {
            get { Self.text(keysPath) }
            set { keysPath = newValue.map { Array($0.utf8CString) } }
        }
        /// The certificate authorities (PEM) to trust, and no others; nil for the system's.
        public var authoritiesFile: String? {
            get { Self.text(authoritiesPath) }
            set { authoritiesPath = newValue.map { Array($0.utf8CString) } }
        }
        /// The same as the system has them: bytes, in whatever encoding, with a NUL at their end.
        package var keysPath: [CChar]?
        package var authoritiesPath: [CChar]?
        /// The proxy to go through, if any. The environment's (`https_proxy` and its like) is not looked at.
        public var proxy: String?
        /// How long the connection may take, its name and TLS included: 1 to 60,000 ms.
        public var connectTimeoutMilliseconds: UInt32 = 5000
        /// How long a fetch may take in all: 1 to 60,000 ms.
        public var totalTimeoutMilliseconds: UInt32 = 10_000

        public init(url: String) { self.url = url }
    }
}

extension HTTPKeys.Options {
    static let timeoutMillisecondsMax: UInt32 = 60_000

    /// Throws `argument` at the first that is out of its bounds.
    func parsed() throws(VerifyError) -> (KeysAddress, FetchTerms, file: [CChar]?) {
        let address = try KeysAddress(Array(url.utf8))
        var terms = FetchTerms()
        if let proxy { terms.proxy = try ProxyAddress(Array(proxy.utf8)) }
        guard terms.proxy == nil || !address.isPlain else {
            throw VerifyError(.argument, "proxy is set, and url is on this machine, which no proxy is needed for.")
        }
        terms.connectMilliseconds = try Self.timeout(connectTimeoutMilliseconds, "connect_timeout_ms")
        terms.totalMilliseconds = try Self.timeout(totalTimeoutMilliseconds, "total_timeout_ms")
        try Self.check(authoritiesPath, "ca_file")
        try Self.check(keysPath, "keys_file")
        terms.authoritiesFile = authoritiesPath
        return (address, terms, keysPath)
    }

    private static func timeout(_ milliseconds: UInt32, _ name: StaticString) throws(VerifyError) -> UInt32 {
        guard (1...timeoutMillisecondsMax).contains(milliseconds) else {
            throw VerifyError(.argument, "\(name) is not from 1 to 60000.")
        }
        return milliseconds
    }

    private static func check(_ path: [CChar]?, _ name: StaticString) throws(VerifyError) {
        guard let path else { return }
        guard path.count > 1, path.count <= 4096, path.firstIndex(of: 0) == path.count - 1 else {
            throw VerifyError(.argument, "\(name) is empty, longer than 4095 bytes, or has a NUL in it.")
        }
    }

    private static func text(_ path: [CChar]?) -> String? {
        path.map { String(decoding: $0.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
    }
}
