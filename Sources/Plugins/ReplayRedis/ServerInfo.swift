import Verifier

/// What a server says of itself to INFO: lines "name:value".
enum ServerInfo {
    /// Whether the text has that line.
    static func has(_ line: StaticString, in text: Span<UInt8>) -> Bool {
        line.withUTF8Buffer { unsafe has($0.span, in: text) }
    }

    private static func has(_ line: Span<UInt8>, in text: Span<UInt8>) -> Bool {
        var start = 0
        while start + line.count <= text.count {
            let end = start + line.count
            let isWhole = end == text.count || text[end] == 13 || text[end] == 10
            if isWhole, text.extracting(start..<end).equals(line) { return true }
            while start < text.count, text[start] != 10 { start += 1 }
            start += 1
        }
        return false
    }
}
