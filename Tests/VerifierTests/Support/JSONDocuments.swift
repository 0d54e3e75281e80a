@testable import Verifier

/// An endless supply of documents, each a valid one, or one that was valid until it was changed somewhere.
struct JSONDocuments {
    /// How many of those that were handed out are valid, as they were not changed.
    private(set) var accepted = 0
    private var earlier: [[UInt8]] = [Array("{}".utf8)]

    mutating func next(using generator: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        appendContainer(to: &text, depth: 1, using: &generator)
        let other = earlier[Int.random(in: earlier.indices, using: &generator)]
        if earlier.count < 50 { earlier.append(text) }
        if Bool.random(using: &generator) {
            accepted += 1
            return text
        }
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            Self.change(&text, other, using: &generator)
        }
        return text
    }

    // MARK: Valid documents

    private func appendContainer(to text: inout [UInt8], depth: Int, using generator: inout SeededGenerator) {
        let isObject = Bool.random(using: &generator)
        text.append(UInt8(ascii: isObject ? "{" : "["))
        var names = Set<[UInt8]>()
        var isFirst = true
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let name = string(using: &generator)
            // Spelled apart they may still be one, which both readers have to notice.
            guard !isObject || names.insert(name).inserted else { continue }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            appendSpace(to: &text, using: &generator)
            if isObject {
                text += name
                appendSpace(to: &text, using: &generator)
                text.append(UInt8(ascii: ":"))
            }
            appendSpace(to: &text, using: &generator)
            if depth < 8, Int.random(in: 0..<4, using: &generator) == 0 {
                appendContainer(to: &text, depth: depth + 1, using: &generator)
            } else {
                text += scalar(using: &generator)
            }
            appendSpace(to: &text, using: &generator)
        }
        text.append(UInt8(ascii: isObject ? "}" : "]"))
    }

    private func appendSpace(to text: inout [UInt8], using generator: inout SeededGenerator) {
        while Int.random(in: 0..<4, using: &generator) == 0 {
            text.append(" \t\r\n".utf8.randomElement(using: &generator)!)
        }
    }

    private static let scalars = [
        "null", "true", "false", "0", "-0", "1", "-1", "9007199254740991", "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890", "0.0", "-1.5", "1e0", "1E+2",
        "1e-2",
        "1e308", "1e309", "1e400", "-1e400", "1e-400", "0e999", "0.1e1",
    ]

    private func scalar(using generator: inout SeededGenerator) -> [UInt8] {
        if Bool.random(using: &generator) { return string(using: &generator) }
        if Int.random(in: 0..<3, using: &generator) == 0 {
            return Array("\(Int64.random(in: .min ... .max, using: &generator))".utf8)
        }
        return Array(Self.scalars.randomElement(using: &generator)!.utf8)
    }

    private static let pieces = [
        "a", "b", "iss", "exp", "A b", "\u{7F}", "é", "€", "😀", "\u{FFFF}", "\u{10FFFF}", #"\n"#, #"\""#, #"\\"#,
        #"\/"#,
        #"\u0061"#, #"\u00e9"#, #"\u20AC"#, #"\ud83d\ude00"#, #"\uFFFF"#, #"\u001f"#, "xxxxxxxx", "0123456789abcdef",
    ]

    private func string(using generator: inout SeededGenerator) -> [UInt8] {
        let pieces = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            Self.pieces.randomElement(using: &generator)!
        }
        return Array("\"\(pieces.joined())\"".utf8)
    }

    // MARK: Changes

    private static let interesting: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "\\u", "\\ud800", "\\udc00", "\\u0000",
            "/**/", "01", "+",
        ].map {
            Array($0.utf8)
        } + [[0], [0x1F], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xFF]]

    private static func change(_ text: inout [UInt8], _ other: [UInt8], using generator: inout SeededGenerator) {
        guard !text.isEmpty else { return }
        let place = Int.random(in: text.indices, using: &generator)
        let end = min(text.count, place + Int.random(in: 1...8, using: &generator))
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: text[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: text[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: text.removeSubrange(place..<end)
        case 3: text.insert(contentsOf: interesting.randomElement(using: &generator)!, at: place)
        case 4: text.insert(contentsOf: text[place..<end], at: place)
        case 5: text.removeSubrange(place...)
        default: text.replaceSubrange(place..., with: other[min(place, other.count)...])
        }
    }
}
