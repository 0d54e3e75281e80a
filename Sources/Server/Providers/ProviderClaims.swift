import Issuer
import Verifier

/// What an identity provider says of somebody, read strictly. That the provider said it is known; for whom, and until
/// when, is checked here (RFC 7519 section 4.1, OpenID Connect Core section 3.1.3.7).
struct ProviderClaims: Sendable {
    /// How far its clock may differ from ours.
    static let leewaySeconds: Int64 = 30
    private static let textBytesMax = 255

    private let root: JSONValue

    init(payload: [UInt8]) throws(ProviderFailure) {
        root = try JSONValue.object(payload, else: .token("the token's claims are no strict JSON object"))
    }

    /// Who it is, by the provider's name for them, which it never gives to another.
    func subject() throws(ProviderFailure) -> String { try required("sub") }

    /// Text of 1 to 255 bytes, without NUL; nil where it is absent.
    func text(_ name: StaticString) throws(ProviderFailure) -> String? { try Self.text(root[name], name) }

    /// That of the first name that is there.
    func first(of names: StaticString...) throws(ProviderFailure) -> String? {
        for name in names {
            if let text = try text(name) { return text }
        }
        return nil
    }

    /// Whether it is there, whatever it is.
    func has(_ name: StaticString) -> Bool { root[name] != nil }

    func object(_ name: StaticString) -> JSONValue? {
        root[name].flatMap { $0.kind == .object ? $0 : nil }
    }

    func integer(_ name: StaticString) -> Int64? { root[name]?.int64 }

    static func text(_ value: JSONValue?, _ name: StaticString) throws(ProviderFailure) -> String? {
        guard let value, value.kind != .null else { return nil }
        guard let text = value.string, (1...textBytesMax).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw .token("the token's \(name) is no text of 1 to 255 bytes without NUL")
        }
        return text
    }

    func required(_ name: StaticString) throws(ProviderFailure) -> String {
        guard let text = try text(name) else { throw .token("the token has no \(name)") }
        return text
    }

    func check(issuer: String) throws(ProviderFailure) {
        guard try required("iss") == issuer else { throw .token("the token's iss is another provider's") }
    }

    /// `exp` must be there and to come; `nbf` and `iat`, where they are there, past.
    func checkLifetime(at now: WallInstant) throws(ProviderFailure) {
        guard let end = root["exp"]?.wholeSeconds else { throw .token("the token has no exp that is a time") }
        guard now.seconds - Self.leewaySeconds < end else { throw .token("the token has expired") }
        for name: StaticString in ["nbf", "iat"] {
            guard let claim = root[name] else { continue }
            guard let start = claim.wholeSeconds else { throw .token("the token's \(name) is no time") }
            guard start <= now.seconds + Self.leewaySeconds else { throw .token("the token's \(name) is to come") }
        }
    }

    /// `aud` must name us, and where it names others too, or `azp` is there, `azp` must be us: the token was made for us.
    func check(client: String) throws(ProviderFailure) {
        let audiences = try audiences()
        guard audiences.contains(client) else { throw .token("the token's aud is another client's") }
        let party = try text("azp")
        guard party == client || (party == nil && audiences.count == 1) else {
            throw .token("the token's azp is another client's")
        }
    }

    func audiences() throws(ProviderFailure) -> [String] {
        guard let value = root["aud"] else { throw .token("the token has no aud") }
        if let one = value.string { return [one] }
        let all = value.elements.compactMap(\.string)
        guard value.kind == .array, (1...16).contains(all.count), all.count == value.elements.count else {
            throw .token("the token's aud is no list of texts")
        }
        return all
    }
}

extension JSONValue {
    /// A NumericDate; nil too for one before 1970 or with a fraction.
    fileprivate var wholeSeconds: Int64? { int64.flatMap { $0 >= 0 ? $0 : nil } }
}
