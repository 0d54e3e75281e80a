import POSIX

extension Span where Element == UInt8 {
    /// Whether both hold the same bytes. Names and identifiers are compared so: no Unicode folding makes two into one.
    package func equals(_ other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        return unsafe withUnsafeBytes { these in
            unsafe other.withUnsafeBytes { those in
                unsafe posix_are_equal(these.baseAddress, those.baseAddress, these.count) != 0
            }
        }
    }

    /// Whether these are the bytes of the literal.
    package func equals(_ literal: StaticString) -> Bool {
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
