/// The payload of a token whose signature holds, as claims (RFC 7519 §4), each strictly read when a check needs it.
struct Claims {
    let object: JSONTapeValue

    /// The claim of that name, whatever its type.
    func required(_ name: StaticString) throws(VerifyError) -> JSONTapeValue {
        guard let value = object[name] else { throw VerifyError(.claimMissing, .claim(name, "is missing")) }
        return value
    }

    /// A string of at least one character.
    func string(_ name: StaticString) throws(VerifyError) -> JSONTapeValue {
        let value = try required(name)
        guard unsafe !value.utf8.isEmpty else {
            throw VerifyError(.claimType, .claim(name, "is no string, or an empty one"))
        }
        return value
    }

    /// An integer written as one. A real (`1.0`, `1e9`) is refused, though RFC 7519 lets a NumericDate have a fraction:
    /// no floating point ever touches an amount or a time.
    func integer(_ name: StaticString) throws(VerifyError) -> Int64 {
        guard let value = try required(name).int64 else {
            throw VerifyError(
                .claimType,
                .claim(name, "is no integer of 64 bits (a fraction or an exponent makes it none)"))
        }
        return value
    }
}
