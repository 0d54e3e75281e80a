/// Nesting of a JSON text, measured without parsing it.
///
/// jansson parses recursively, to a fixed limit of 2048 levels: a hostile text would choose how much of the host's
/// stack is used. So the depth is bounded here, in one pass without recursion, before jansson sees a byte.
enum JSONDepth {
    /// The offset of the first bracket that opens a level beyond `limit`, or nil if there is none.
    ///
    /// On text that is not JSON the answer may be either; jansson refuses such a text afterwards. It is never nil for a
    /// text that jansson would descend into beyond `limit`: both read strings and escapes alike up to the first error.
    static func firstOffsetDeeper(than limit: Int, in bytes: Span<UInt8>) -> Int? {
        var depth = 0
        var insideString = false
        var afterBackslash = false
        for offset in bytes.indices {
            let byte = bytes[offset]
            if insideString {
                if afterBackslash {
                    afterBackslash = false
                } else if byte == UInt8(ascii: "\\") {
                    afterBackslash = true
                } else if byte == UInt8(ascii: "\"") {
                    insideString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                insideString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > limit { return offset }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
            default:
                break
            }
        }
        return nil
    }
}
