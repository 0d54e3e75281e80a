/// Reads a field's value piece by piece: tokens and quoted strings (RFC 9110 §5.6). What fits no rule is passed over.
struct FieldReader {
    private var rest: ArraySlice<UInt8>

    init(_ value: ArraySlice<UInt8>) { rest = value }

    var isAtEnd: Bool { rest.isEmpty }

    /// The token that comes next; empty if none does.
    mutating func token() -> ArraySlice<UInt8> {
        skipSpace()
        let token = rest.prefix { Self.isTokenCharacter($0) }
        rest.removeFirst(token.count)
        return token
    }

    /// The token or quoted string that comes next, without the quotes.
    mutating func tokenOrQuoted() -> [UInt8] {
        guard skip(UInt8(ascii: "\"")) else { return Array(token()) }
        var text: [UInt8] = []
        while var byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() { byte = escaped }
            text.append(byte)
        }
        return text
    }

    /// Whether `character` comes next; then it is passed over.
    mutating func skip(_ character: UInt8) -> Bool {
        skipSpace()
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Goes on behind the next comma that is in no quoted string.
    mutating func skipPastComma() {
        while let byte = rest.first {
            if byte == UInt8(ascii: "\"") {
                _ = tokenOrQuoted()
            } else {
                rest.removeFirst()
            }
            if byte == UInt8(ascii: ",") { return }
        }
    }

    private mutating func skipSpace() {
        while rest.first == 0x20 || rest.first == 0x09 { rest.removeFirst() }
    }

    /// RFC 9110 §5.6.2: visible ASCII but for the delimiters.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "/"),
            UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: "="), UInt8(ascii: ">"),
            UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "}"):
            false
        default: byte > 0x20 && byte < 0x7F
        }
    }
}
