/// RFC 7519 §4.1.3, RFC 8725 §3.9: one of the token's audiences has to be one of ours, to the letter.
enum AudienceCheck {
    static func check(_ claims: Claims, audiences: [[UInt8]]) throws(VerifyError) {
        let claim = try claims.required("aud")
        var isOurs = claim.isAny(of: audiences)
        switch claim.kind {
        case .string, .unescapedString:
            break
        case .array:
            for element in claim.elements {
                guard element.isString else {
                    throw VerifyError(.claimType, .claim("aud", "is an array with something other than strings"))
                }
                if element.isAny(of: audiences) { isOurs = true }
            }
        case .null, .boolFalse, .boolTrue, .integer, .hugeInteger, .real, .object:
            throw VerifyError(.claimType, .claim("aud", "is neither a string nor an array of strings"))
        }
        guard isOurs else { throw VerifyError(.audience) }
    }
}

extension JSONTapeValue {
    fileprivate func isAny(of texts: [[UInt8]]) -> Bool {
        for text in texts where isString(text.span) { return true }
        return false
    }
}
