import Issuer
import NIOCore

/// Writes JSON in the order it is told to: equal values give equal bytes, which a replayed answer depends on.
struct JSONWriter {
    private(set) var bytes = ByteBuffer()
    private var needsComma = false

    /// One whole object.
    static func object(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object(members)
        return json.bytes
    }

    mutating func object(_ members: (inout JSONWriter) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    mutating func array<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void) {
        open("[")
        for element in elements { write(&self, element) }
        close("]")
    }

    // MARK: Members of an object; nil is null

    mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { text(value) } else { null() }
    }

    mutating func member(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    mutating func member(_ name: StaticString, _ value: Instant?) {
        member(name, value?.rfc3339)
    }

    mutating func member(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    mutating func member<Element>(
        _ name: StaticString, array elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        self.name(name)
        array(elements, write)
    }

    mutating func member(_ name: StaticString, texts: some Sequence<String>) {
        member(name, array: texts) { json, text in json.text(text) }
    }

    /// An object of strings, ordered by name.
    mutating func member(_ name: StaticString, pairs: [String: String]) {
        self.name(name)
        object { json in
            for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
                json.text(key)
                json.bytes.writeStaticString(":")
                json.needsComma = false
                json.text(value)
            }
        }
    }

    // MARK: Values

    mutating func text(_ text: String) {
        comma()
        bytes.writeStaticString("\"")
        if text.utf8.contains(where: Self.mustBeEscaped) {
            for byte in text.utf8 { escaped(byte) }
        } else {
            bytes.writeString(text)
        }
        bytes.writeStaticString("\"")
    }

    mutating func integer(_ value: Int64) {
        comma()
        bytes.writeString(String(value))
    }

    mutating func null() {
        raw("null")
    }

    // MARK: -

    private mutating func name(_ name: StaticString) {
        comma()
        bytes.writeStaticString("\"")
        bytes.writeStaticString(name)
        bytes.writeStaticString("\":")
        needsComma = false
    }

    private mutating func raw(_ text: StaticString) {
        comma()
        bytes.writeStaticString(text)
    }

    private mutating func open(_ bracket: StaticString) {
        comma()
        bytes.writeStaticString(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: StaticString) {
        bytes.writeStaticString(bracket)
        needsComma = true
    }

    /// Puts the comma before what follows something.
    private mutating func comma() {
        if needsComma { bytes.writeStaticString(",") }
        needsComma = true
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): bytes.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): bytes.writeStaticString("\\\\")
        case UInt8(ascii: "\n"): bytes.writeStaticString("\\n")
        case UInt8(ascii: "\r"): bytes.writeStaticString("\\r")
        case UInt8(ascii: "\t"): bytes.writeStaticString("\\t")
        case 0..<0x20:
            let digits = String(byte, radix: 16)
            bytes.writeString("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
        default: bytes.writeInteger(byte)
        }
    }
}

extension ByteBuffer {
    /// One JSON value.
    static func of(_ write: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        write(&json)
        return json.bytes
    }
}
