/// Follows a JSON text up to an offset and knows which member it is in: what makes an error say where.
///
/// It need not judge the text: the parser did, and gave the offset at which it stopped.
struct JSONWalk {
    private enum Level {
        case object(member: String)
        case array(index: Int)
    }

    private var levels: [Level] = []
    private var expectsName = false
    /// The last number that begins before the offset.
    private(set) var number: Range<Int>?

    init(_ text: [UInt8], upTo offset: Int) {
        var index = 0
        while index < min(offset, text.count) {
            index = step(text, from: index)
        }
    }

    /// Such as `limits[0].amount`; empty at the top.
    var path: String {
        var path = ""
        for level in levels {
            switch level {
            case .object(let member): if !member.isEmpty { path += path.isEmpty ? member : ".\(member)" }
            case .array(let index): path += "[\(index)]"
            }
        }
        return String(path.prefix(200))
    }

    /// Line and column, from 1, of an offset; a column counts bytes.
    static func lineAndColumn(of offset: Int, in text: [UInt8]) -> (line: Int, column: Int) {
        let before = text.prefix(offset)
        let newline = UInt8(ascii: "\n")
        let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        return (before.count { $0 == newline } + 1, before.count - start + 1)
    }

    private mutating func step(_ text: [UInt8], from index: Int) -> Int {
        switch text[index] {
        case UInt8(ascii: "{"):
            levels.append(.object(member: ""))
            expectsName = true
        case UInt8(ascii: "["):
            levels.append(.array(index: 0))
            expectsName = false
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            _ = levels.popLast()
            expectsName = false
        case UInt8(ascii: ","):
            nextItem()
        case UInt8(ascii: "\""):
            return string(text, from: index)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let end = text[index...].firstIndex { !Self.isNumberByte($0) } ?? text.count
            number = index..<end
            return end
        default:
            break
        }
        return index + 1
    }

    private mutating func nextItem() {
        switch levels.popLast() {
        case .array(let index):
            levels.append(.array(index: index + 1))
        case .object(let member):
            levels.append(.object(member: member))
            expectsName = true
        case nil:
            break
        }
    }

    private mutating func string(_ text: [UInt8], from start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end] != UInt8(ascii: "\"") {
            end += text[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        if expectsName, case .object = levels.last {
            levels[levels.count - 1] = .object(
                member: String(decoding: text[start + 1..<min(end, text.count)], as: UTF8.self))
            expectsName = false
        }
        return end + 1
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default:
            false
        }
    }
}
