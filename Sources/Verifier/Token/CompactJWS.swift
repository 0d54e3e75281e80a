/// A token in JWS Compact Serialization (RFC 7515 §7.1), taken apart: three base64url parts, nothing verified yet.
struct CompactJWS {
    /// How much of the token, from its start, is signed: `header.payload`, still encoded.
    let signedLength: Int
    let header: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    /// Size, then character set, then three parts, then base64url: the cheapest refusal first.
    init(_ token: Span<UInt8>, bytesMax: Int) throws(VerifyError) {
        guard token.count <= bytesMax else { throw VerifyError(.tooLarge) }

        var dots = (first: 0, second: 0, count: 0)
        for index in token.indices {
            let byte = token[index]
            if byte == UInt8(ascii: ".") {
                if dots.count == 0 { dots.first = index } else { dots.second = index }
                dots.count += 1
            } else if !Base64URL.isCharacter(byte) {
                throw VerifyError(
                    .malformed, "The token has a character that is not base64url: padding, white space or a stray byte."
                )
            }
        }
        guard dots.count == 2 else { throw VerifyError(.malformed) }

        guard let header = Base64URL.decode(token.extracting(0..<dots.first)),
            let payload = Base64URL.decode(token.extracting((dots.first + 1)..<dots.second)),
            let signature = Base64URL.decode(token.extracting((dots.second + 1)..<token.count))
        else { throw VerifyError(.base64) }
        self.header = header
        self.payload = payload
        self.signature = signature
        signedLength = dots.second
    }
}
