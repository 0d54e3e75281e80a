/// The claims that permit nothing and forbid nothing: the host may show or store them. Each may be absent; one that is
/// there has its type, so that whoever reads it from the payload finds what the contract says.
enum DescriptiveClaims {
    /// Throws `claimType` at the first that has another.
    static func check(_ claims: Claims) throws(VerifyError) {
        for (name, value) in claims.object.members {
            if name.isString("policies") {
                guard value.isArray(of: { $0.kind == .object }) else {
                    throw VerifyError(.claimType, .claim("policies", "is no array of objects"))
                }
            } else if name.isString("reasons") {
                guard value.isArray(of: { $0.isString }) else {
                    throw VerifyError(.claimType, .claim("reasons", "is no array of strings"))
                }
            } else if name.isString("approval") {
                guard value.kind == .object else {
                    throw VerifyError(.claimType, .claim("approval", "is no object"))
                }
            } else if name.isString("merchant") {
                try checkMerchant(value)
            }
        }
    }

    /// Its `id` has been read where the limit was.
    private static func checkMerchant(_ merchant: JSONTapeValue) throws(VerifyError) {
        for (name, value) in merchant.members where !value.isString {
            if name.isString("name") || name.isString("category") || name.isString("country") {
                throw VerifyError(.claimType, .claim("merchant", "has a name, category or country that is no string"))
            }
        }
    }
}

extension JSONTapeValue {
    fileprivate func isArray(of isElement: (JSONTapeValue) -> Bool) -> Bool {
        guard kind == .array else { return false }
        for element in elements where !isElement(element) { return false }
        return true
    }
}
