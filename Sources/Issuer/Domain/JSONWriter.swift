/// Writes JSON text (RFC 8259) in the order in which it is told, without white space: equal values give equal bytes, which
/// signatures and replayed answers depend on.
///
/// Foundation's encoder orders members as it likes, or by name, and takes many times as long.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    /// Whether a comma goes before what follows.
    private var needsComma = false

    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text of one value.
    package static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return writer.text
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    package mutating func array<Element>(
        _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        open("[")
        for element in elements { write(&self, element) }
        close("]")
    }

    /// An object of strings, ordered by name.
    package mutating func object(pairs: [String: String]) {
        object { json in
            for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
                json.text(key)
                json.bytes.append(UInt8(ascii: ":"))
                json.needsComma = false
                json.text(value)
            }
        }
    }

    // MARK: Members of an object; nil is null

    package mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { text(value) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    package mutating func member(_ name: StaticString, _ value: Instant?) {
        member(name, value?.rfc3339)
    }

    package mutating func member(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    package mutating func member<Element>(
        _ name: StaticString, array elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        self.name(name)
        array(elements, write)
    }

    package mutating func member(_ name: StaticString, texts: some Sequence<String>) {
        member(name, array: texts) { json, text in json.text(text) }
    }

    /// An object of strings, ordered by name.
    package mutating func member(_ name: StaticString, pairs: [String: String]) {
        self.name(name)
        object(pairs: pairs)
    }

    /// A member whose name is known when it is written, not before.
    package mutating func member(named name: String, _ value: String) {
        self.name(name)
        text(value)
    }

    /// The same with a value that is JSON text already.
    package mutating func member(named name: String, json: String) {
        self.name(name)
        self.json(json)
    }

    /// A value that is JSON text already; nil is null.
    package mutating func member(_ name: StaticString, json text: String?) {
        self.name(name)
        if let text { json(text) } else { null() }
    }

    /// Nothing when there is no value: the member is absent, not null.
    package mutating func memberIfPresent(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    // MARK: Values

    package mutating func text(_ text: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        let utf8 = text.utf8Span.span
        // Mostly there is nothing to escape, and what lies between is copied as a whole.
        var copied = 0
        for index in utf8.indices where Self.mustBeEscaped(utf8[index]) {
            append(utf8.extracting(copied..<index))
            escape(utf8[index])
            copied = index + 1
        }
        append(utf8.extracting(copied...))
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: Int64) {
        comma()
        bytes.append(contentsOf: String(value).utf8)
    }

    package mutating func null() {
        raw("null")
    }

    /// A value that is JSON text already.
    package mutating func json(_ text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
    }

    // MARK: -

    private mutating func name(_ name: StaticString) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func name(_ name: String) {
        text(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func raw(_ text: StaticString) {
        comma()
        append(text)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ utf8: Span<UInt8>) {
        // The pointer lasts for the call, and what it points to is copied.
        unsafe utf8.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        comma()
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    /// Puts the comma before what follows something.
    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// RFC 8259 section 7: quotation mark, reverse solidus and U+0000 to U+001F; nothing else need be.
    @inline(__always)
    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(Self.hexadecimal[Int(byte >> 4)])
            bytes.append(Self.hexadecimal[Int(byte & 15)])
        default: preconditionFailure("nothing else must be escaped")
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}
