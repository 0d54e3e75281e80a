/// `NAME=value` lines, as shells and Docker write them: `export`, quotation marks and `#` comments are understood.
enum DotEnv {
    static func parse(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).drop(while: \.isWhitespace) }
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].filter { !$0.isWhitespace }
            values[name] = value(line[line.index(after: equals)...].drop(while: \.isWhitespace))
        }
        return values
    }

    private static func value(_ text: Substring) -> String {
        if let quote = text.first, quote == "\"" || quote == "'" {
            return String(text.dropFirst().prefix { $0 != quote })
        }
        let bare = text.range(of: " #").map { text[..<$0.lowerBound] } ?? text
        return String(bare.reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension Substring {
    /// Where `other` first stands.
    fileprivate func range(of other: String) -> Range<Index>? {
        ranges(of: other).first
    }
}
