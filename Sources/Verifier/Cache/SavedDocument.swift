/// A JWKS document with the time of its fetch in it, as it is on disk.
///
/// The time is a member of the JWKS, spliced into the issuer's bytes, which otherwise stay as they were: readers of a
/// JWKS ignore members that they do not know (RFC 7517 §5).
enum SavedDocument {
    static let fetchedAtMember: StaticString = "paitify_fetched_at"
    /// The longest member, with its comma and the longest number.
    static let memberBytesMax = 48

    /// The document with the member, which it has not yet. Nil if it is no object, which no installed document is.
    static func adding(fetchedAt: Int64, to document: [UInt8]) -> [UInt8]? {
        guard let brace = document.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        var saved = Array(document[...brace])
        saved += Array("\"\(fetchedAtMember)\":\(fetchedAt),".utf8)
        saved += document[(brace + 1)...]
        return saved
    }

    /// When the document says that it was fetched, or nil if it does not say. Throws `jwks` for a time that is none.
    static func fetchedAt(of root: JSONValue) throws(VerifyError) -> Int64? {
        guard let value = root[fetchedAtMember] else { return nil }
        guard let seconds = value.int64, seconds >= 0 else {
            throw VerifyError(.jwks, "The JWKS's \(fetchedAtMember) is no integer from 0 up.")
        }
        return seconds
    }

    /// The document without the member, wherever it is. Throws `jwks` if its name is spelled in another way than ours:
    /// a second one would make the saved file unreadable.
    static func removingFetchedAt(from document: Span<UInt8>, root: JSONValue) throws(VerifyError) -> [UInt8] {
        let whole = Array(copying: document) ?? []
        guard try fetchedAt(of: root) != nil else { return whole }
        guard let member = rangeOfMember(in: whole) else {
            throw VerifyError(.jwks, "The JWKS spells \(fetchedAtMember) with escapes; it is no file of this library.")
        }
        return Array(whole[..<member.lowerBound]) + whole[member.upperBound...]
    }

    /// Where the root object's member is, and the comma that goes with it. The document parsed and the member is an
    /// integer, so only strings and brackets need looking at, and the value ends at a comma or the last bracket.
    private static func rangeOfMember(in document: [UInt8]) -> Range<Int>? {
        let name = Array("\"\(fetchedAtMember)\"".utf8)
        var depth = 0
        var index = 0
        var comma: Int?
        while index < document.count {
            switch document[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 1: comma = index
            case UInt8(ascii: "\""):
                let end = endOfString(in: document, from: index)
                let next = document[end...].first { !isSpace($0) }
                if depth == 1, next == UInt8(ascii: ":"), document[index..<end].elementsEqual(name) {
                    guard let valueEnd = document[end...].firstIndex(where: isEndOfInteger) else { return nil }
                    // The comma after it goes too, or else the one before.
                    if document[valueEnd] == UInt8(ascii: ",") { return index..<(valueEnd + 1) }
                    return (comma ?? index)..<valueEnd
                }
                index = end
                continue
            default: break
            }
            index += 1
        }
        return nil
    }

    /// The index after the string that begins at `start`.
    private static func endOfString(in document: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < document.count, document[index] != UInt8(ascii: "\"") {
            index += document[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, document.count)
    }

    private static func isEndOfInteger(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
