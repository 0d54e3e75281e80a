/// The header that the issuer writes for a key, as it is in the token: base64url of JSON without any white space.
///
/// Whoever compares a token's header with it need not read the header: the same bytes say the same. Any other spelling
/// is as good, and is read.
struct UsualHeader: Sendable {
    private let encoded: [UInt8]

    init(algorithm: Algorithm, kid: [UInt8]) {
        let isPlain = kid.allSatisfy { Base64URL.isCharacter($0) }
        // Of a kid that needs escapes there is no usual spelling, so nothing equals it.
        encoded =
            isPlain
            ? Base64URL.encode(
                Array("{\"alg\":\"\(algorithm.name)\",\"kid\":\"".utf8) + kid
                    + Array("\",\"typ\":\"\(Header.authorizationType)\"}".utf8)) : []
    }

    func equals(_ header: Span<UInt8>) -> Bool {
        !encoded.isEmpty && encoded.span.equals(header)
    }
}
