/// The header field `tracestate`, section 3.3, for whoever passes it on and has no entry of its own in it.
enum TraceState {
    private static let membersMax = 32
    /// Section 3.3.1.5: at least so many characters should be passed on; of a longer one nothing is.
    private static let charactersMax = 512

    /// The fields combined, where every member is well-formed and no key is there twice; else nil.
    static func passedOn(_ fields: [String]) -> String? {
        let members = fields.joined(separator: ",").split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
        guard !members.isEmpty, members.count <= membersMax else { return nil }
        var keys: Set<Substring> = []
        for member in members {
            guard let equals = member.firstIndex(of: "=") else { return nil }
            let (key, value) = (member[..<equals], member[member.index(after: equals)...])
            guard isKey(key), isValue(value), keys.insert(key).inserted else { return nil }
        }
        let text = members.joined(separator: ",")
        return text.utf8.count <= charactersMax ? text : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text = text.dropLast() }
        return text
    }

    /// Section 3.3.1.3.1: `vendor`, or `tenant@vendor`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.split(separator: "@", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isName(parts[0], most: 256, digitFirst: false)
        case 2: return isName(parts[0], most: 241, digitFirst: true) && isName(parts[1], most: 14, digitFirst: false)
        default: return false
        }
    }

    private static func isName(_ name: Substring, most: Int, digitFirst: Bool) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= most else { return false }
        return isLetter(first) || (digitFirst && isDigit(first))
            ? name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-*/".utf8.contains($0) } : false
    }

    /// Section 3.3.1.3.2: visible characters and spaces, but no comma and no equals sign; a space is not the last.
    private static func isValue(_ value: Substring) -> Bool {
        (1...256).contains(value.utf8.count)
            && value.utf8.allSatisfy {
                (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
