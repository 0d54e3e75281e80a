/// The signature algorithms that the contract knows, as a set (RFC 7518 §3.1, RFC 8037).
public struct AlgorithmSet: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let rs256 = AlgorithmSet(rawValue: 1)
    public static let ps256 = AlgorithmSet(rawValue: 2)
    public static let es256 = AlgorithmSet(rawValue: 4)
    public static let edDSA = AlgorithmSet(rawValue: 8)

    /// All that have a number, built or not.
    static let known: AlgorithmSet = [.rs256, .ps256, .es256, .edDSA]
}

/// A signature algorithm that this verifier can check.
///
/// An allowlist by construction: `none`, `HS256` and any name to come are not cases, so no code can mistake them.
enum Algorithm: Sendable, Equatable, CaseIterable {
    case rs256

    /// The algorithm of a JOSE `alg`; names are case-sensitive (RFC 7515 §4.1.1).
    init?(name: Span<UInt8>) {
        if name.equals("RS256") { self = .rs256 } else { return nil }
    }

    /// The name as the issuer writes it.
    var name: StaticString {
        switch self {
        case .rs256: "RS256"
        }
    }

    var asSet: AlgorithmSet {
        switch self {
        case .rs256: .rs256
        }
    }

    /// What this version can check.
    static var built: AlgorithmSet { .rs256 }
}
