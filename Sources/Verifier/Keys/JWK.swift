/// One member of a JWKS (RFC 7517 §4), read but not judged: `KeyRules` does that.
struct JWK {
    let object: JSONValue

    /// Members that hold something secret (RFC 7518 §6.2.2, §6.3.2, §6.4.1; `priv` of the AKP type).
    static let privateMembers: InlineArray<9, StaticString> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"]

    /// Whether it holds anything secret, or is a shared secret as a whole (`oct`).
    var isPrivate: Bool {
        for index in Self.privateMembers.indices where object[Self.privateMembers[index]] != nil { return true }
        return object["kty"]?.isString("oct") ?? false
    }

    /// The `kid`, whatever its length, or nil if there is none or it is no string.
    var kid: [UInt8]? {
        object["kid"]?.withUTF8 { Array(copying: $0) } ?? nil
    }

    /// The big-endian number of a base64url member without leading zeros (RFC 7518 §2, Base64urlUInt), or nil.
    func number(_ name: StaticString) -> [UInt8]? {
        let bytes = object[name]?.withUTF8 { Base64URL.decode($0) } ?? nil
        guard let bytes, let first = bytes.first, first != 0 else { return nil }
        return bytes
    }

    /// The bytes of a base64url member that has exactly `count` of them, leading zeros included (RFC 7518 §6.2.1.2,
    /// RFC 8037 §2), or nil.
    func bytes(_ name: StaticString, count: Int) -> [UInt8]? {
        let bytes = object[name]?.withUTF8 { Base64URL.decode($0) } ?? nil
        guard let bytes, bytes.count == count else { return nil }
        return bytes
    }
}
