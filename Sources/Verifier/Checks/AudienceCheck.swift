/// RFC 7519 §4.1.3, RFC 8725 §3.9: one of the token's audiences has to be one of ours, to the letter.
enum AudienceCheck {
    static func check(_ claims: Claims, audiences: [[UInt8]]) throws(VerifyError) {
        let claim = try claims.required("aud")
        switch claim.kind {
        case .string:
            guard claim.isAny(of: audiences) else { throw VerifyError(.audience) }
        case .array:
            var found = false
            for element in claim.elements {
                guard element.kind == .string else {
                    throw VerifyError(
                        .claimType, "The token's aud claim is an array with something other than strings.")
                }
                if element.isAny(of: audiences) { found = true }
            }
            guard found else { throw VerifyError(.audience) }
        case .null, .bool, .integer, .real, .object:
            throw VerifyError(.claimType, "The token's aud claim is neither a string nor an array of strings.")
        }
    }
}

extension JSONValue {
    fileprivate func isAny(of texts: [[UInt8]]) -> Bool {
        for text in texts where isString(text) { return true }
        return false
    }
}
