import Jansson

/// One value of a `JSONDocument`, which it keeps alive. Cheap to copy.
@safe package struct JSONValue: @unchecked Sendable {
    // Sendable, as the document is: the node belongs to its immutable tree.
    private let document: JSONDocument
    private let node: UnsafeMutablePointer<json_t>

    init(node: UnsafeMutablePointer<json_t>, of document: JSONDocument) {
        self.document = document
        unsafe self.node = node
    }

    package enum Kind: Sendable, Equatable {
        case null, bool, string, object, array
        /// Written without fraction and exponent, and within Int64.
        case integer
        /// Written with a fraction or an exponent, be it a whole number (`1.0`, `1e9`): no amount, no time, no count.
        case real
    }

    package var kind: Kind {
        unsafe reading { node in
            switch unsafe node.pointee.type {
            case JSON_OBJECT: .object
            case JSON_ARRAY: .array
            case JSON_STRING: .string
            case JSON_INTEGER: .integer
            case JSON_REAL: .real
            case JSON_TRUE, JSON_FALSE: .bool
            default: .null
            }
        }
    }

    /// The truth value, or nil if this is none.
    package var bool: Bool? {
        kind == .bool ? unsafe reading { unsafe $0.pointee.type == JSON_TRUE } : nil
    }

    /// The integer, or nil if this is anything else: a real is never converted.
    package var int64: Int64? {
        kind == .integer ? unsafe reading { unsafe Int64(json_integer_value($0)) } : nil
    }

    /// A copy of the string, or nil if this is none.
    package var string: String? {
        withUTF8 { String(copying: $0) }
    }

    /// Calls `body` with the bytes of the string, or returns nil if this is none.
    package func withUTF8<Result>(_ body: (Span<UInt8>) -> Result) -> Result? {
        unsafe reading { node in
            guard let start = unsafe json_string_value(node) else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: json_string_length(node))
            return unsafe body(bytes.bindMemory(to: UInt8.self).span)
        }
    }

    // MARK: Objects

    /// The member of that name, or nil if there is none or this is no object.
    package subscript(name: StaticString) -> JSONValue? {
        name.withUTF8Buffer { unsafe member(named: UnsafeRawBufferPointer($0)) }
    }

    /// The member of that name, or nil if there is none or this is no object.
    package subscript(utf8 name: Span<UInt8>) -> JSONValue? {
        unsafe name.withUnsafeBytes { unsafe member(named: $0) }
    }

    private func member(named name: UnsafeRawBufferPointer) -> JSONValue? {
        unsafe reading { node in
            let member =
                if let start = name.baseAddress {
                    unsafe json_object_getn(node, start.assumingMemoryBound(to: CChar.self), name.count)
                } else {
                    // An empty name is a name; jansson only wants some pointer to go with it.
                    unsafe json_object_getn(node, "", 0)
                }
            return unsafe member.map { unsafe JSONValue(node: $0, of: document) }
        }
    }

    /// The members in the order of the text; empty if this is no object.
    package var members: Members { Members(object: self) }

    /// The elements in the order of the text; empty if this is no array.
    package var elements: Elements { Elements(array: self) }

    /// The only way to the node. Without the extension the last reference to the document could go, and the tree with
    /// it, between loading the pointer and using it.
    private func reading<Result>(_ body: (UnsafeMutablePointer<json_t>) -> Result) -> Result {
        withExtendedLifetime(document) { unsafe body(node) }
    }
}

extension JSONValue {
    package struct Members: Sequence {
        let object: JSONValue

        package func makeIterator() -> Iterator { Iterator(of: object) }

        @safe package struct Iterator: IteratorProtocol {
            private let object: JSONValue
            private var position: UnsafeMutableRawPointer?

            init(of object: JSONValue) {
                self.object = object
                unsafe position = object.reading { unsafe json_object_iter($0) }
            }

            package mutating func next() -> (name: String, value: JSONValue)? {
                guard let here = unsafe position else { return nil }
                unsafe position = object.reading { unsafe json_object_iter_next($0, here) }
                return unsafe object.reading { _ in
                    guard let key = unsafe json_object_iter_key(here), let value = unsafe json_object_iter_value(here)
                    else { return nil }
                    let name = unsafe UnsafeRawBufferPointer(start: key, count: json_object_iter_key_len(here))
                    return unsafe (String(decoding: name, as: UTF8.self), JSONValue(node: value, of: object.document))
                }
            }
        }
    }

    package struct Elements: Sequence {
        let array: JSONValue

        /// How many there are.
        package var count: Int { unsafe array.reading { unsafe json_array_size($0) } }

        package func makeIterator() -> Iterator { Iterator(of: array) }

        package struct Iterator: IteratorProtocol {
            private let array: JSONValue
            private var index = 0

            init(of array: JSONValue) { self.array = array }

            package mutating func next() -> JSONValue? {
                let value = unsafe array.reading { unsafe json_array_get($0, index) }
                index += 1
                return unsafe value.map { unsafe JSONValue(node: $0, of: array.document) }
            }
        }
    }
}

extension String {
    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    init(copying utf8: Span<UInt8>) {
        self = unsafe utf8.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
