/// Writes JSON text (RFC 8259) in the order in which it is told, without white space.
///
/// Foundation's encoder orders members as it likes, or by name, and takes many times as long: what is signed must be the
/// same bytes each time, and is written while a transaction waits.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a comma goes before the next member or element.
    private var needsComma = false

    init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// An object: by itself, or the next element of an array.
    mutating func object(_ write: (inout JSONWriter) -> Void) {
        enclose("{", "}", write)
    }

    mutating func object(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        object(write)
    }

    mutating func array(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        enclose("[", "]", write)
    }

    mutating func member(_ name: String, _ value: String) {
        key(name)
        element(value)
    }

    /// Nothing when there is no value: an absent member is absent, never null.
    mutating func member(_ name: String, _ value: String?) {
        if let value { member(name, value) }
    }

    mutating func member(_ name: String, _ value: Int64) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    mutating func element(_ value: String) {
        separate()
        quote(value)
        needsComma = true
    }

    /// An element that is JSON text already.
    mutating func element(json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
        needsComma = true
    }

    private mutating func enclose(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ write: (inout JSONWriter) -> Void
    ) {
        separate()
        bytes.append(UInt8(ascii: open))
        needsComma = false
        write(&self)
        bytes.append(UInt8(ascii: close))
        needsComma = true
    }

    private mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// RFC 8259 section 7: quotation mark, reverse solidus and U+0000 to U+001F must be escaped; nothing else need be.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hexadecimal[Int(byte >> 4)])
                bytes.append(Self.hexadecimal[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
