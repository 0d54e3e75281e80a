import Verifier

/// Where a chain of records has got to.
struct ChainHead: Sendable {
    typealias Hash = InlineArray<32, UInt8>

    /// The number of the last record; 0 before the first.
    var sequence: Int64 = 0
    /// Its hash; zeros before the first.
    var hash = Hash(repeating: 0)
}
