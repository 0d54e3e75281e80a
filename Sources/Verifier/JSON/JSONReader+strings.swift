extension JSONReader {
    /// Reads a string that begins here, and returns its entry, which it puts on the tape.
    mutating func readString() throws(JSONFault) -> JSONNode {
        let start = position + 1
        var end = start
        while true {
            end = endOfPlainText(from: end)
            switch unsafe text[end] {
            case UInt8(ascii: "\""):
                position = end + 1
                let node = JSONNode(.string, start: start, count: end - start)
                try append(node)
                return node
            case UInt8(ascii: "\\"):
                return try readEscapedString(start: start, firstEscape: end)
            case 0x80...:
                position = end
                end += try utf8SequenceLength()
            default:
                // A control character has to be escaped (RFC 8259 §7).
                position = end
                throw unexpected()
            }
        }
    }

    /// Reads on from the first escape; the text goes, unescaped, to the same offset as it has here. It never outgrows
    /// what it is made of: two bytes or more make one, six make three at most, twelve make four.
    private mutating func readEscapedString(start: Int, firstEscape: Int) throws(JSONFault) -> JSONNode {
        unsafe (unescaped + start).update(from: text + start, count: firstEscape - start)
        var end = firstEscape
        position = firstEscape
        while true {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                let node = JSONNode(.unescapedString, start: start, count: end - start)
                try append(node)
                return node
            case UInt8(ascii: "\\"):
                end += unsafe Self.encode(try readEscape(), at: unescaped + end)
            case 0x00..<0x20:
                throw unexpected()
            case 0x80...:
                let length = try utf8SequenceLength()
                unsafe (unescaped + end).update(from: text + position, count: length)
                position += length
                end += length
            default:
                unsafe unescaped[end] = byte
                position += 1
                end += 1
            }
        }
    }

    /// The offset of the first byte, from `offset` on, that is not a plain ASCII character of a string: a quotation mark,
    /// a backslash, a control character or the end, or the first byte of a longer UTF-8 sequence.
    private func endOfPlainText(from offset: Int) -> Int {
        var offset = offset
        while true {
            // Eight bytes at a time. In each byte of `marks` the top bit is set if the byte of `word` stops the text;
            // a borrow may set more of them, but only above the first.
            let word = unsafe UInt64(
                littleEndian: UnsafeRawPointer(text + offset).loadUnaligned(as: UInt64.self))
            let ones: UInt64 = 0x0101_0101_0101_0101
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let marks =
                ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) | word)
                & (ones &* 0x80)
            guard marks == 0 else { return offset + marks.trailingZeroBitCount / 8 }
            offset += 8
        }
    }

    // MARK: Escapes

    /// Reads the escape that begins here, and returns the character that it stands for.
    private mutating func readEscape() throws(JSONFault) -> UInt32 {
        position += 1
        let character: UInt8
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): character = byte
        case UInt8(ascii: "b"): character = 0x08
        case UInt8(ascii: "f"): character = 0x0C
        case UInt8(ascii: "n"): character = 0x0A
        case UInt8(ascii: "r"): character = 0x0D
        case UInt8(ascii: "t"): character = 0x09
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw unexpected()
        }
        position += 1
        return UInt32(character)
    }

    /// `uXXXX`, or, of a character beyond the first 65,536, `uXXXX\uXXXX` (RFC 8259 §7).
    private mutating func readUnicodeEscape() throws(JSONFault) -> UInt32 {
        let first = try readFourHexDigits()
        switch first {
        case 0:
            throw fault(.nulCharacter)
        case 0xD800..<0xDC00:
            guard byte == UInt8(ascii: "\\"), unsafe text[position + 1] == UInt8(ascii: "u") else {
                throw fault(.invalidText)
            }
            position += 1
            let second = try readFourHexDigits()
            guard (0xDC00..<0xE000).contains(second) else { throw fault(.invalidText) }
            return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        case 0xDC00..<0xE000:
            throw fault(.invalidText)
        default:
            return first
        }
    }

    /// The number of the four digits after the `u` here.
    private mutating func readFourHexDigits() throws(JSONFault) -> UInt32 {
        var number: UInt32 = 0
        for _ in 0..<4 {
            position += 1
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw unexpected()
            }
            number = number << 4 | UInt32(digit)
        }
        position += 1
        return number
    }

    /// Writes a character as UTF-8, and returns how many bytes that took: 1 to 4.
    private static func encode(_ character: UInt32, at target: UnsafeMutablePointer<UInt8>) -> Int {
        func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: character >> shift & 0x3F) }
        func lead(_ mark: UInt8, _ shift: UInt32) -> UInt8 { mark | UInt8(truncatingIfNeeded: character >> shift) }
        switch character {
        case 0..<0x80:
            unsafe target[0] = lead(0, 0)
            return 1
        case 0x80..<0x800:
            unsafe target[0] = lead(0xC0, 6)
            unsafe target[1] = tail(0)
            return 2
        case 0x800..<0x10000:
            unsafe target[0] = lead(0xE0, 12)
            unsafe target[1] = tail(6)
            unsafe target[2] = tail(0)
            return 3
        default:
            unsafe target[0] = lead(0xF0, 18)
            unsafe target[1] = tail(12)
            unsafe target[2] = tail(6)
            unsafe target[3] = tail(0)
            return 4
        }
    }

    // MARK: UTF-8

    /// The bytes of the character here, which is no ASCII one, if it is well-formed: the shortest form, no surrogate,
    /// nothing beyond U+10FFFF (RFC 3629 §4).
    private func utf8SequenceLength() throws(JSONFault) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>)
        switch byte {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault(.invalidText)
        }
        guard unsafe second.contains(text[position + 1]) else { throw fault(.invalidText) }
        for index in 2..<max(length, 2) {
            guard unsafe text[position + index] & 0xC0 == 0x80 else { throw fault(.invalidText) }
        }
        return length
    }
}
