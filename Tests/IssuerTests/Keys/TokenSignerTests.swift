import Foundation
import Testing

@testable import Issuer

@Suite struct TokenSignerTests {
    private let signer = TokenSigner(signing: KeyFixtures.key(0), others: [KeyFixtures.key(1)])

    private func claims(_ kid: String, _ typ: SignedClaims.TokenType = .authorization) -> SignedClaims {
        SignedClaims(kid: kid, typ: typ, payload: #"{"iss":"https://issuer.test","name":"ü"}"#)
    }

    private func parts(_ token: String) throws -> (header: String, payload: String, signature: [UInt8], input: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        let decoded = try parts.map { try #require(Base64URL.decode(anyAlphabet: $0)) }
        return (
            String(decoding: decoded[0], as: UTF8.self), String(decoding: decoded[1], as: UTF8.self), decoded[2],
            "\(parts[0]).\(parts[1])"
        )
    }

    @Test("a token is the claims as they were recorded, under a header of alg, kid and typ")
    func token() throws {
        let (key, other) = (KeyFixtures.key(0), KeyFixtures.key(1))
        for (signingKey, typ) in [(key, SignedClaims.TokenType.authorization), (other, .denial)] {
            let claims = claims(signingKey.kid, typ)
            let token = try parts(signer.sign(claims))
            #expect(token.header == #"{"alg":"RS256","kid":"\#(signingKey.kid)","typ":"\#(typ.rawValue)"}"#)
            #expect(token.payload == claims.payload)
            #expect(token.signature == (try signingKey.sign(Array(token.input.utf8))))
        }
    }

    @Test("signing the same claims again gives the same token")
    func repeated() throws {
        let claims = claims(KeyFixtures.key(1).kid)
        #expect(try signer.sign(claims) == signer.sign(claims))
    }

    @Test("claims recorded under a key that is held no more are signed with the current one")
    func lostKey() throws {
        let token = try parts(signer.sign(claims(KeyFixtures.key(2).kid)))
        #expect(token.header.contains(#""kid":"\#(KeyFixtures.key(0).kid)""#))
        #expect(token.signature == (try KeyFixtures.key(0).sign(Array(token.input.utf8))))
    }
}
