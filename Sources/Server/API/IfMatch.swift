/// Which versions a request's If-Match names (RFC 9110 section 13.1.1).
enum IfMatch {
    private static let quote = UInt8(ascii: "\"")

    /// Nil where any will do. A tag that was never given, and a weak one, match nothing, which is no error.
    static func versions(_ field: String?) throws -> Set<Int64>? {
        guard let field, field != "*" else { return nil }
        guard let tags = tags(Array(field.utf8)[...]) else {
            throw Problem(
                .invalidIfMatch,
                "If-Match must be * or ETags of the policy as they were given, such as \"3\" in its quotation marks, "
                    + "with commas between them.")
        }
        return Set(
            tags.compactMap { tag in
                // "+1" and "01" are other tags than "1".
                Int64(tag).flatMap { "\($0)" == tag ? $0 : nil }
            })
    }

    /// What is between the quotation marks of each strong tag; nil where the field is no list of tags.
    private static func tags(_ field: ArraySlice<UInt8>) -> [String]? {
        var rest = field.drop(while: isBlank)
        var tags: [String] = []
        while true {
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == quote, let end = rest.dropFirst().firstIndex(of: quote) else { return nil }
            let tag = rest[rest.startIndex + 1..<end]
            guard tag.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
            if !isWeak { tags.append(String(decoding: tag, as: UTF8.self)) }
            rest = rest[(end + 1)...].drop(while: isBlank)
            if rest.isEmpty { return tags }
            guard rest.first == UInt8(ascii: ",") else { return nil }
            rest = rest.dropFirst().drop(while: isBlank)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
