/// Signs claims with the keys of one moment: a change of keys makes another signer. Immutable; any thread.
///
/// Signing RS256 takes a quarter of a millisecond or more of processor time: after the commit, never on a lane. PS256 and
/// ES256 are signed on the lane all the same, since their signatures have to be recorded.
final class TokenSigner: Sendable {
    /// A key with the first part of every token it signs, encoded once, full stop included.
    private struct Entry {
        let key: SigningKey
        let authorizationHeader: [UInt8]
        let denialHeader: [UInt8]

        init(_ key: SigningKey) {
            self.key = key
            authorizationHeader = Self.header(key, .authorization)
            denialHeader = Self.header(key, .denial)
        }

        func header(_ typ: SignedClaims.TokenType) -> [UInt8] {
            switch typ {
            case .authorization: authorizationHeader
            case .denial: denialHeader
            }
        }

        private static func header(_ key: SigningKey, _ typ: SignedClaims.TokenType) -> [UInt8] {
            var writer = JSONWriter()
            writer.object {
                $0.member("alg", key.algorithm.rawValue)
                $0.member("kid", key.kid)
                $0.member("typ", typ.rawValue)
            }
            var header: [UInt8] = []
            Base64URL.append(writer.bytes, to: &header)
            return header + [UInt8(ascii: ".")]
        }
    }

    private let entries: [String: Entry]
    private let current: Entry

    /// The key that signs what is decided now.
    var signingKeyID: String { current.key.kid }

    /// Whether what is decided now is signed after its commit, and that takes longer than all else.
    var signsLong: Bool { current.key.algorithm == .rs256 }

    /// `others` sign again what they signed before.
    init(signing key: SigningKey, others: [SigningKey]) {
        current = Entry(key)
        var entries = [key.kid: current]
        for other in others { entries[other.kid] = Entry(other) }
        self.entries = entries
    }

    /// The token, as a compact JWS (RFC 7515 section 7.1).
    ///
    /// Claims that were recorded under a key that was revoked, or is gone, are signed with the current one: a token by a
    /// key that no verifier holds any more would be useless.
    func sign(_ claims: SignedClaims) throws(IssuerError) -> String {
        let entry = entries[claims.kid]
        var token = Self.unsigned(claims, by: entry ?? current)
        if entry != nil, let signature = claims.signature {
            token.append(UInt8(ascii: "."))
            token.append(contentsOf: signature.utf8)
        } else {
            try Self.appendSignature(of: entry ?? current, to: &token)
        }
        return String(decoding: token, as: UTF8.self)
    }

    /// The claims as they are to be recorded, within the transaction that decides: with their signature, where signing
    /// them again after a crash would make another token than the one that was handed out.
    func recorded(_ claims: SignedClaims) throws(IssuerError) -> SignedClaims {
        guard let entry = entries[claims.kid], !entry.key.algorithm.isDeterministic else { return claims }
        var token = Self.unsigned(claims, by: entry)
        let start = token.count + 1
        try Self.appendSignature(of: entry, to: &token)
        var claims = claims
        claims.signature = String(decoding: token[start...], as: UTF8.self)
        return claims
    }

    /// The first two parts.
    private static func unsigned(_ claims: SignedClaims, by entry: Entry) -> [UInt8] {
        var token = entry.header(claims.typ)
        token.reserveCapacity(token.count + claims.payload.utf8.count * 4 / 3 + 360)
        Base64URL.append(Array(claims.payload.utf8), to: &token)
        return token
    }

    private static func appendSignature(of entry: Entry, to token: inout [UInt8]) throws(IssuerError) {
        do throws(KeyError) {
            let signature = try entry.key.sign(token)
            token.append(UInt8(ascii: "."))
            Base64URL.append(signature, to: &token)
        } catch {
            throw .signing(error.description)
        }
    }

    /// The key of that name, when it is held.
    func key(_ kid: String) -> SigningKey? {
        entries[kid]?.key
    }
}
