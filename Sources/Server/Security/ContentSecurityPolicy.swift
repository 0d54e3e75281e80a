/// What a page of the dashboard may load and do (CSP level 3). Everything comes from here, and nothing stands in line.
struct ContentSecurityPolicy: Sendable, Equatable {
    private var directives: [(name: String, sources: [String])]

    /// No third-party host, no inline script or style, no frame around or in it, forms to here alone.
    static let strict = ContentSecurityPolicy(directives: [
        ("default-src", ["'none'"]),
        ("script-src", ["'self'"]),
        ("style-src", ["'self'"]),
        ("img-src", ["'self'", "data:"]),
        ("font-src", ["'self'"]),
        ("connect-src", ["'self'"]),
        ("manifest-src", ["'self'"]),
        ("form-action", ["'self'"]),
        ("base-uri", ["'none'"]),
        ("frame-ancestors", ["'none'"]),
    ])

    /// The same with more sources for one directive.
    func allowing(_ name: String, _ sources: [String]) -> ContentSecurityPolicy {
        var policy = self
        if let index = directives.firstIndex(where: { $0.name == name }) {
            policy.directives[index].sources += sources
        } else {
            policy.directives.append((name, sources))
        }
        return policy
    }

    var text: String {
        directives.map { ([$0.name] + $0.sources).joined(separator: " ") }.joined(separator: "; ")
    }

    static func == (left: ContentSecurityPolicy, right: ContentSecurityPolicy) -> Bool { left.text == right.text }
}
