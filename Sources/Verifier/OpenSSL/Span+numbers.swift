/// Byte strings as big-endian numbers.
extension Span where Element == UInt8 {
    /// Whether this number is below another of as many bytes.
    func isLess(than other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return self[index] < other[index] }
        return false
    }

    /// Whether every byte is 0.
    var isZero: Bool {
        for index in indices where self[index] != 0 { return false }
        return true
    }
}
