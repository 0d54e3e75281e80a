import Testing

@testable import Verifier

/// A JWK and what the rules make of it.
struct KeyRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let jwk: String
    var allowed: AlgorithmSet = .known
    /// The algorithm of the key, or nil if it is left out.
    var algorithm: Algorithm?
    var status = VerificationStatus.keyMismatch

    init(_ name: String, _ jwk: String, _ allowed: AlgorithmSet = .known, is algorithm: Algorithm) {
        testDescription = name
        self.jwk = jwk
        self.allowed = allowed
        self.algorithm = algorithm
    }

    init(
        _ name: String, _ jwk: String, _ allowed: AlgorithmSet = .known,
        refusedAs status: VerificationStatus = .keyMismatch
    ) {
        testDescription = name
        self.jwk = jwk
        self.allowed = allowed
        self.status = status
    }
}

extension KeyRow {
    private typealias Row = KeyRow
    static let rsa = SigningKey.rsa2048
    static let p256 = SigningKey.p256
    static let ed25519 = SigningKey.ed25519

    static let algorithms: [KeyRow] = [
        Row("RS256", rsa.jwk(alg: "RS256"), is: .rs256),
        Row("PS256", rsa.jwk(alg: "PS256"), is: .ps256),
        Row("ES256", p256.jwk(alg: "ES256"), is: .es256),
        Row("EdDSA", ed25519.jwk(alg: "EdDSA"), is: .edDSA),
        Row("Ed25519", ed25519.jwk(alg: "Ed25519"), is: .edDSA),
        Row("RS256, allowed alone", rsa.jwk(alg: "RS256"), .rs256, is: .rs256),
        Row("PS256, allowed alone", rsa.jwk(alg: "PS256"), .ps256, is: .ps256),
        Row("RS256, of which no token is accepted", rsa.jwk(alg: "RS256"), [.ps256, .es256, .edDSA], is: .rs256),
        Row("PS256, of which no token is accepted", rsa.jwk(alg: "PS256"), [.rs256, .es256, .edDSA], is: .ps256),
        Row("ES256, of which no token is accepted", p256.jwk(alg: "ES256"), [.rs256, .ps256, .edDSA], is: .es256),
        Row("EdDSA, of which no token is accepted", ed25519.jwk(alg: "EdDSA"), [.rs256, .ps256, .es256], is: .edDSA),
        Row("Ed25519, of which none is accepted", ed25519.jwk(alg: "Ed25519"), [.rs256, .ps256, .es256], is: .edDSA),

        Row("RSA without alg, RS256 pinned", rsa.jwk(), [.rs256, .es256, .edDSA], is: .rs256),
        Row("RSA without alg, PS256 pinned", rsa.jwk(), [.ps256, .es256, .edDSA], is: .ps256),
        Row("RSA without alg, two allowed", rsa.jwk(), [.rs256, .ps256]),
        Row("RSA without alg, none allowed", rsa.jwk(), [.es256, .edDSA]),
        Row("EC without alg", p256.jwk(), is: .es256),
        Row("EC without alg, not allowed", p256.jwk(), [.rs256, .ps256, .edDSA]),
        Row("OKP without alg", ed25519.jwk(), is: .edDSA),
        Row("OKP without alg, not allowed", ed25519.jwk(), [.rs256, .ps256, .es256]),

        Row("RSA with ES256", rsa.jwk(alg: "ES256")),
        Row("RSA with EdDSA", rsa.jwk(alg: "EdDSA")),
        Row("RSA with RS384", rsa.jwk(alg: "RS384")),
        Row("RSA with RS1", rsa.jwk(alg: "RS1")),
        Row("RSA with HS256", rsa.jwk(alg: "HS256")),
        Row("RSA with none", rsa.jwk(alg: "none")),
        Row("EC with RS256", p256.jwk(alg: "RS256")),
        Row("EC with PS256", p256.jwk(alg: "PS256")),
        Row("EC with EdDSA", p256.jwk(alg: "EdDSA")),
        Row("EC with ES384", p256.jwk(alg: "ES384")),
        Row("EC with ES521", p256.jwk(alg: "ES521")),
        Row("EC with ES256K", p256.jwk(alg: "ES256K")),
        Row("EC with ECDH-ES", p256.jwk(alg: "ECDH-ES")),
        Row("OKP with ES256", ed25519.jwk(alg: "ES256")),
        Row("OKP with RS256", ed25519.jwk(alg: "RS256")),
        Row("OKP with Ed448", ed25519.jwk(alg: "Ed448")),
        Row("OKP with eddsa", ed25519.jwk(alg: "eddsa")),
        Row("OKP with ED25519", ed25519.jwk(alg: "ED25519")),
    ]

    static let types: [KeyRow] = [
        Row("crv P-384", p256.jwk(type: #""kty":"EC","crv":"P-384""#)),
        Row("crv secp256k1", p256.jwk(type: #""kty":"EC","crv":"secp256k1""#)),
        Row("crv p-256", p256.jwk(type: #""kty":"EC","crv":"p-256""#)),
        Row("crv absent of EC", p256.jwk(type: #""kty":"EC""#)),
        Row("crv a number", p256.jwk(type: #""kty":"EC","crv":256"#)),
        Row("EC with crv Ed25519", p256.jwk(type: #""kty":"EC","crv":"Ed25519""#)),
        Row("OKP with crv P-256", p256.jwk(type: #""kty":"OKP","crv":"P-256""#)),
        Row("crv Ed448", ed25519.jwk(type: #""kty":"OKP","crv":"Ed448""#)),
        Row("crv X25519", ed25519.jwk(type: #""kty":"OKP","crv":"X25519""#)),
        Row("crv absent of OKP", ed25519.jwk(type: #""kty":"OKP""#)),
        Row("kty okp", ed25519.jwk(type: #""kty":"okp","crv":"Ed25519""#)),
        Row("kty AKP", ed25519.jwk(type: #""kty":"AKP""#)),
        Row("kty absent", ed25519.jwk(type: #""crv":"Ed25519""#)),
        Row("RSA numbers under kty EC", rsa.jwk(type: #""kty":"EC","crv":"P-256""#), refusedAs: .jwks),
        Row("RSA with a crv", rsa.jwk(alg: "RS256", type: #""kty":"RSA","crv":"P-256""#), is: .rs256),
    ]

    static let members: [KeyRow] = {
        let x = p256.members[0].bytes
        let y = p256.members[1].bytes
        let point = ed25519.members[0].bytes
        let compressed = [0x02 | y[31] & 1] + x
        func ec(_ replacing: [String: [UInt8]]) -> String { p256.jwk(replacing: replacing) }
        func okp(_ bytes: [UInt8]) -> String { ed25519.jwk(replacing: ["x": bytes]) }
        let prime: [UInt8] =
            [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 12)
            + [UInt8](repeating: 0xFF, count: 12)
        return [
            Row("x of 31 bytes", ec(["x": Array(x.dropFirst())]), refusedAs: .jwks),
            Row("x of 33 bytes, with a leading zero", ec(["x": [0] + x]), refusedAs: .jwks),
            Row("y of 31 bytes", ec(["y": Array(y.dropLast())]), refusedAs: .jwks),
            Row("y of 33 bytes", ec(["y": y + [0]]), refusedAs: .jwks),
            Row("x empty", ec(["x": []]), refusedAs: .jwks),
            Row("a compressed point as x", ec(["x": compressed, "y": []]), refusedAs: .jwks),
            Row("an uncompressed point as x", ec(["x": [0x04] + x + y, "y": []]), refusedAs: .jwks),
            Row(
                "no y", #"{"kid":"k","kty":"EC","crv":"P-256","x":"\#(text(x))"}"#, refusedAs: .jwks),
            Row(
                "y a number", #"{"kid":"k","kty":"EC","crv":"P-256","x":"\#(text(x))","y":1}"#, refusedAs: .jwks),
            Row(
                "x with padding", #"{"kid":"k","kty":"EC","crv":"P-256","x":"\#(text(x))=","y":"\#(text(y))"}"#,
                refusedAs: .jwks),
            Row("x and y exchanged", ec(["x": y, "y": x]), refusedAs: .weakKey),
            Row("y with a bit flipped", ec(["y": y.dropLast() + [y[31] ^ 1]]), refusedAs: .weakKey),
            Row("x with a bit flipped", ec(["x": x.dropLast() + [x[31] ^ 1]]), refusedAs: .weakKey),
            Row("x and y zero", ec(["x": ES256.zero, "y": ES256.zero]), refusedAs: .weakKey),
            Row("x the prime", ec(["x": prime]), refusedAs: .weakKey),
            Row("y the prime", ec(["y": prime]), refusedAs: .weakKey),
            Row("x all ones", ec(["x": [UInt8](repeating: 0xFF, count: 32)]), refusedAs: .weakKey),
            Row("OKP x of 31 bytes", okp(Array(point.dropLast())), refusedAs: .jwks),
            Row("OKP x of 33 bytes", okp(point + [0]), refusedAs: .jwks),
            Row("OKP x empty", okp([]), refusedAs: .jwks),
            Row("OKP x the neutral point", okp(Ed25519.number(1)), refusedAs: .weakKey),
            Row("OKP x not canonical", okp(Ed25519.primePlus(3)), refusedAs: .weakKey),
            Row("OKP without x", #"{"kid":"k","kty":"OKP","crv":"Ed25519"}"#, refusedAs: .jwks),
            Row(
                "RSA without e", #"{"kid":"k","kty":"RSA","alg":"PS256","n":"\#(text(rsa.members[0].bytes))"}"#,
                refusedAs: .jwks),
            Row("a weak RSA key for PS256", rsa.jwk(alg: "PS256", replacing: ["e": [3]]), refusedAs: .weakKey),
        ]
    }()
}
