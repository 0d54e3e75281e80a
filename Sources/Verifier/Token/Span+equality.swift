extension Span where Element == UInt8 {
    /// Whether both hold the same bytes. Names and identifiers are compared so: no Unicode folding makes two into one.
    func equals(_ other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// Whether these are the bytes of the literal.
    func equals(_ literal: StaticString) -> Bool {
        literal.withUTF8Buffer { unsafe equals($0.span) }
    }
}

extension JSONValue {
    /// Whether this is a string of exactly these bytes.
    func isString(_ text: [UInt8]) -> Bool {
        withUTF8 { $0.equals(text.span) } ?? false
    }

    /// Whether this is a string of exactly these characters.
    func isString(_ literal: StaticString) -> Bool {
        withUTF8 { $0.equals(literal) } ?? false
    }
}
