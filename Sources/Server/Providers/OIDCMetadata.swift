import Verifier

/// What a provider says of itself (OpenID Connect Discovery section 3, RFC 8414), as far as we go by it.
struct OIDCMetadata: Sendable, Equatable {
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let jwksURL: String
    /// Where a provider says more of somebody than in the ID token; nil where it does not.
    let userinfoEndpoint: String?
    /// Those of its algorithms that we check signatures of; RS256 is every provider's.
    let algorithms: AlgorithmSet
    /// Whether the secret goes into the form, because it is taken nowhere else.
    let takesSecretInForm: Bool
    /// Whether every answer names the provider (RFC 9207), so that one which does not is another's.
    let namesItself: Bool

    /// Where `issuer` says it.
    static func url(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    init(_ document: [UInt8], issuer: String) throws(ProviderFailure) {
        let root = try JSONValue.object(document, else: .unavailable("what it says of itself is no strict JSON object"))
        // Discovery section 4.3: or one provider could speak for another.
        guard root["issuer"]?.string == issuer else {
            throw .unavailable("it calls itself another issuer than PAITIFY_OIDC_ISSUER, letter by letter")
        }
        authorizationEndpoint = try Self.endpoint(root, "authorization_endpoint")
        tokenEndpoint = try Self.endpoint(root, "token_endpoint")
        jwksURL = try Self.endpoint(root, "jwks_uri")
        userinfoEndpoint = try root["userinfo_endpoint"].map { (_) throws(ProviderFailure) in
            try Self.endpoint(root, "userinfo_endpoint")
        }
        let names = root["id_token_signing_alg_values_supported"]?.elements.compactMap(\.string) ?? ["RS256"]
        var algorithms: AlgorithmSet = []
        if names.contains("ES256") { algorithms.insert(.es256) }
        if names.contains("EdDSA") || names.contains("Ed25519") { algorithms.insert(.edDSA) }
        // One of the two: a key that does not say which it is for must not be good for both.
        if names.contains("RS256") {
            algorithms.insert(.rs256)
        } else if names.contains("PS256") {
            algorithms.insert(.ps256)
        }
        guard !algorithms.isEmpty else {
            throw .unavailable("it signs with none of RS256, PS256, ES256 and EdDSA")
        }
        self.algorithms = algorithms
        let methods = root["token_endpoint_auth_methods_supported"]?.elements.compactMap(\.string)
        takesSecretInForm =
            methods.map { !$0.contains("client_secret_basic") && $0.contains("client_secret_post") } ?? false
        namesItself = root["authorization_response_iss_parameter_supported"]?.bool ?? false
    }

    private static func endpoint(_ root: JSONValue, _ name: StaticString) throws(ProviderFailure) -> String {
        guard let url = root[name]?.string, url.utf8.count <= 1000, ProviderHTTP.isAllowed(url) else {
            throw .unavailable("its \(name) is no https URL")
        }
        return url
    }
}
