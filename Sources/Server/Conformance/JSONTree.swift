/// A JSON value as it is in a file of vectors, to be put into a line as it is. Such files hold integers alone.
///
/// Not `JSONSerialization`: it drops a U+FEFF that a string begins with, and some tokens are nothing else. Not our strict
/// reader: it refuses U+0000.
enum JSONTree: Codable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONTree].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let object): try value.encode(object)
        }
    }

    var string: String? {
        guard case .string(let string) = self else { return nil }
        return string
    }

    /// The members, or nil if this is no object.
    var object: [String: JSONTree]? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The elements that are objects, or nil if this is no array of objects.
    var objects: [[String: JSONTree]]? {
        guard case .array(let array) = self else { return nil }
        let objects = array.compactMap(\.object)
        return objects.count == array.count ? objects : nil
    }
}

extension JSONTree: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .string(value) }
}

extension JSONTree: ExpressibleByArrayLiteral {
    init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
}
