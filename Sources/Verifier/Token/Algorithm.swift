/// The signature algorithms that the contract knows, as a set (RFC 7518 §3.1, RFC 8037).
public struct AlgorithmSet: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    public static let rs256 = AlgorithmSet(rawValue: 1)
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes.
    public static let ps256 = AlgorithmSet(rawValue: 2)
    /// ECDSA over P-256 with SHA-256.
    public static let es256 = AlgorithmSet(rawValue: 4)
    /// Ed25519, under both its names.
    public static let edDSA = AlgorithmSet(rawValue: 8)

    /// All that have a number.
    static let known: AlgorithmSet = [.rs256, .ps256, .es256, .edDSA]
}

/// A signature algorithm that this verifier can check.
///
/// An allowlist by construction: `none`, `HS256` and any name to come are not cases, so no code can mistake them.
enum Algorithm: Sendable, Equatable, CaseIterable {
    case rs256
    case ps256
    case es256
    case edDSA

    /// The algorithm of a JOSE `alg`; names are case-sensitive (RFC 7515 §4.1.1).
    ///
    /// RFC 9864 §2.2 calls Ed25519 by its own name and deprecates `EdDSA`, which leaves the curve to the key; both are in
    /// use, and mean the same here, where no other curve is built.
    init?(name: Span<UInt8>) {
        if name.equals("RS256") {
            self = .rs256
        } else if name.equals("PS256") {
            self = .ps256
        } else if name.equals("ES256") {
            self = .es256
        } else if name.equals("EdDSA") || name.equals("Ed25519") {
            self = .edDSA
        } else {
            return nil
        }
    }

    /// The name as the issuer writes it.
    var name: StaticString {
        switch self {
        case .rs256: "RS256"
        case .ps256: "PS256"
        case .es256: "ES256"
        case .edDSA: "EdDSA"
        }
    }

    var asSet: AlgorithmSet {
        switch self {
        case .rs256: .rs256
        case .ps256: .ps256
        case .es256: .es256
        case .edDSA: .edDSA
        }
    }
}
