import CryptoLib

@testable import Verifier

/// An RSA key of 2048 bits that tests sign with; made once a run.
@safe final class TestKey: @unchecked Sendable {
    // Sendable: never changed once made.
    static let shared = TestKey()
    static let other = TestKey()

    private let key: OpaquePointer
    let kid: String
    let jwk: String

    private init() {
        unsafe key = paitify_generate_rsa_key(2048)
        let modulus = unsafe Self.number(key, paitify_param_rsa_n())
        let exponent = unsafe Self.number(key, paitify_param_rsa_e())
        kid = "key-" + text(Array(modulus.suffix(15)))
        jwk =
            #"{"kty":"RSA","use":"sig","alg":"RS256","kid":"\#(kid)","n":"\#(text(modulus))","e":"\#(text(exponent))"}"#
    }

    /// The token of these JSON texts.
    func sign(header: String, payload: String) -> String {
        let signed = text(Array(header.utf8)) + "." + text(Array(payload.utf8))
        return signed + "." + text(sign(Array(signed.utf8)))
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        defer { unsafe EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 256)
        var length = signature.count
        precondition(unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1)
        precondition(unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1)
        return signature
    }

    private static func number(_ key: OpaquePointer, _ name: UnsafePointer<CChar>?) -> [UInt8] {
        var number: OpaquePointer?
        precondition(unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1)
        defer { unsafe BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe Int(BN_bn2bin(number, &bytes))
        return Array(bytes.prefix(count))
    }
}

/// base64url of the bytes.
func text(_ bytes: [UInt8]) -> String {
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = unsafe Int(EVP_EncodeBlock(&text, bytes, Int32(bytes.count)))
    return String(decoding: text.prefix(count), as: UTF8.self)
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
}

/// The bytes of canonical base64url, or nil. (Testing's macros take no spans.)
func bytes(_ text: [UInt8]) -> [UInt8]? { Base64URL.decode(text.span) }
func bytes(_ text: String) -> [UInt8]? { bytes(Array(text.utf8)) }

/// A verifier at a given time, and tokens for it.
enum Sample {
    static let now: Int64 = 1_767_225_600
    static let issuer = "https://issuer.example"
    static let audience = "paitify:processor"
    static var jwks: String { #"{"keys":[\#(TestKey.shared.jwk)]}"# }

    static func verifier(at now: Int64 = Sample.now, _ change: (inout TokenVerifier.Options) -> Void = { _ in }) throws
        -> TokenVerifier
    {
        var options = TokenVerifier.Options(issuer: issuer, audiences: [audience])
        options.clock = Clock(wallSeconds: { now }, steadyMilliseconds: { 1_000_000 })
        change(&options)
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: jwks, fetchedAt: now)
        return verifier
    }

    static func payload(exp: Int64 = now + 900, iat: Int64 = now, maxAmount: Int64 = 5000) -> String {
        #"{"iss":"\#(issuer)","sub":"agt_1","aud":"\#(audience)","iat":\#(iat),"nbf":\#(iat),"exp":\#(exp),"#
            + #""jti":"auth_1","decision":"APPROVED","company":"co_1","env":"live","max_amount":\#(maxAmount),"#
            + #""currency":"USD","merchant":{"id":"mrc_1"},"note":"grüße","count":3}"#
    }

    static func token(payload: String = Sample.payload()) -> String {
        TestKey.shared.sign(
            header: #"{"alg":"RS256","kid":"\#(TestKey.shared.kid)","typ":"spend-authorization+jwt"}"#, payload: payload
        )
    }

    static func charge(_ amount: Int64 = 5000) throws -> Charge {
        try Charge(amount: amount, currency: "USD", merchantID: "mrc_1")
    }
}
