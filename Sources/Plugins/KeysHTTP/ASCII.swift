/// Bytes that are compared as such: comparing Strings would fold Unicode, and bring its tables into the library.
extension Sequence<UInt8> {
    /// Whether these are the bytes of the literal.
    func equals(_ literal: StaticString) -> Bool {
        literal.withUTF8Buffer { unsafe self.elementsEqual($0) }
    }

    /// Whether the bytes of the literal come first.
    func begins(with literal: StaticString) -> Bool {
        literal.withUTF8Buffer { unsafe self.starts(with: $0) }
    }

    /// The same with ASCII's capital letters made small.
    var lowercased: [UInt8] {
        map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }
}

extension ArraySlice<UInt8> {
    /// Without the spaces and line ends around it.
    var trimmed: ArraySlice<UInt8> {
        var trimmed = self
        while let first = trimmed.first, Self.isSpace(first) { trimmed.removeFirst() }
        while let last = trimmed.last, Self.isSpace(last) { trimmed.removeLast() }
        return trimmed
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
}
