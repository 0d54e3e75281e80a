import Verifier

/// What a verification left for the host, in the memory of its result.
struct ResultContent {
    /// Nil until a verification succeeded.
    private(set) var payload: TokenMemory.DecodedPart?
    /// Nil also after `paitify_verify_jws`, which knows no claims.
    private(set) var authorization: AuthorizationClaims?

    /// Nothing.
    init() {}

    init(_ authorization: AuthorizationClaims? = nil, payload: TokenMemory.DecodedPart) {
        self.authorization = authorization
        self.payload = payload
    }
}
