/// A token's JOSE header, strictly read (RFC 7515 §4). Nothing in it is trusted; it only selects.
struct Header {
    /// Bytes of the longest `kid` that is looked up.
    static let kidBytesMax = 128
    /// Members of all its objects. It is read before the signature is checked, so a stranger chooses what is in it.
    static let membersMax = 64
    /// What `typ` is on an approval.
    static let authorizationType: StaticString = "spend-authorization+jwt"

    /// The token's `alg`, or nil if it is a name that no code here implements.
    let algorithm: Algorithm?
    /// Text of 1 to 128 bytes.
    let kid: JSONTapeValue
    /// Whether `typ` says, letter for letter, that this is an approval.
    let isAuthorization: Bool

    init(_ header: JSONTapeValue) throws(VerifyError) {
        try Self.refuseExtensions(in: header)

        guard let name = header["alg"], name.isString else {
            throw VerifyError(.header, "The token's header has no alg, or one that is no string.")
        }
        algorithm = unsafe Algorithm(name: name.utf8.span)

        guard let kid = header["kid"] else { throw VerifyError(.header, "The token's header has no kid.") }
        guard unsafe (1...Self.kidBytesMax).contains(kid.utf8.count) else {
            throw VerifyError(.header, "The header's kid is not a string of 1 to 128 bytes.")
        }
        self.kid = kid
        isAuthorization = header["typ"]?.isString(Self.authorizationType) ?? false
    }

    /// RFC 7515 §4.1.11: a verifier that does not understand what `crit` lists must refuse; this one understands no
    /// extension, and `b64` (RFC 7797) would change what is signed. RFC 8725 §3.10: a key that comes with the token is
    /// the attacker's.
    private static func refuseExtensions(in header: JSONTapeValue) throws(VerifyError) {
        guard header["crit"] == nil, header["b64"] == nil else { throw VerifyError(.critical) }
        guard header["jwk"] == nil, header["jku"] == nil, header["x5c"] == nil, header["x5u"] == nil else {
            throw VerifyError(
                .header, "The header brings a key (jwk, jku, x5c or x5u); only installed keys are ever used.")
        }
    }
}

extension Array where Element == UInt8 {
    /// A copy of the bytes, or nil if there are more than `countMax`.
    init?(copying bytes: Span<UInt8>, upTo countMax: Int = .max) {
        guard bytes.count <= countMax else { return nil }
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
