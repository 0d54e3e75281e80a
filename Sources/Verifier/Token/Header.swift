/// A token's JOSE header, strictly read (RFC 7515 §4). Nothing in it is trusted; it only selects.
struct Header {
    /// Bytes of the longest `kid` that is looked up.
    static let kidBytesMax = 128

    /// The token's `alg`, or nil if it is a name that no code here implements.
    let algorithm: Algorithm?
    let kid: [UInt8]
    /// Whether `typ` says, letter for letter, that this is an approval.
    let isAuthorization: Bool

    init(_ bytes: Span<UInt8>) throws(VerifyError) {
        let header = try TokenPart.header.parse(bytes)
        try Self.refuseExtensions(in: header)

        guard let name = header["alg"], name.kind == .string else {
            throw VerifyError(.header, "The token's header has no alg, or one that is no string.")
        }
        algorithm = name.withUTF8 { Algorithm(name: $0) } ?? nil
        kid = try Self.kid(of: header)

        isAuthorization = header["typ"]?.isString("spend-authorization+jwt") ?? false
    }

    /// RFC 7515 §4.1.11: a verifier that does not understand what `crit` lists must refuse; this one understands no
    /// extension, and `b64` (RFC 7797) would change what is signed. RFC 8725 §3.10: a key that comes with the token is
    /// the attacker's.
    private static func refuseExtensions(in header: JSONValue) throws(VerifyError) {
        guard header["crit"] == nil, header["b64"] == nil else { throw VerifyError(.critical) }
        guard header["jwk"] == nil, header["jku"] == nil, header["x5c"] == nil, header["x5u"] == nil else {
            throw VerifyError(
                .header, "The header brings a key (jwk, jku, x5c or x5u); only installed keys are ever used.")
        }
    }

    private static func kid(of header: JSONValue) throws(VerifyError) -> [UInt8] {
        guard let value = header["kid"] else { throw VerifyError(.header, "The token's header has no kid.") }
        let kid = value.withUTF8 { Array(copying: $0, upTo: kidBytesMax) } ?? nil
        guard let kid, !kid.isEmpty else {
            throw VerifyError(.header, "The header's kid is not a string of 1 to 128 bytes.")
        }
        return kid
    }
}

extension Array where Element == UInt8 {
    /// A copy of the bytes, or nil if there are more than `countMax`.
    init?(copying bytes: Span<UInt8>, upTo countMax: Int = .max) {
        guard bytes.count <= countMax else { return nil }
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
