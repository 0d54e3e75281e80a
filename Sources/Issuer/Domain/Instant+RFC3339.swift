/// RFC 3339 in UTC with milliseconds, `2026-11-23T09:30:00.000Z`: how the API writes times and reads them.
extension Instant {
    public var rfc3339: String {
        let day = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000
        let inDay = milliseconds - day * 86_400_000
        let date = CivilDate(daysSince1970: day)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ number: Int64, digits: Int, before mark: Unicode.Scalar) {
            // A year past 9999 has more, which no time that the issuer makes or takes has.
            let number = UInt64(clamping: number)
            var divisor = (1..<digits).reduce(1 as UInt64) { power, _ in power * 10 }
            while number / divisor > 9 { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                divisor /= 10
            }
            text.append(UInt8(ascii: mark))
        }
        append(date.year, digits: 4, before: "-")
        append(date.month, digits: 2, before: "-")
        append(date.day, digits: 2, before: "T")
        append(inDay / 3_600_000, digits: 2, before: ":")
        append(inDay / 60_000 % 60, digits: 2, before: ":")
        append(inDay / 1000 % 60, digits: 2, before: ".")
        append(inDay % 1000, digits: 3, before: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless `text` is an RFC 3339 date-time, with `Z` or a numeric offset; digits past milliseconds are dropped.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2), reader.take("-"),
            let day = reader.digits(2), reader.take("T", or: "t"),
            let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2), reader.take(":"),
            let second = reader.digits(2)
        else { return nil }
        guard let fraction = reader.fractionMilliseconds(), let offset = reader.offsetMinutes(), reader.isAtEnd
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard (1...12).contains(month), (1...date.daysInMonth).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let seconds = date.daysSince1970 * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        self.init(milliseconds: seconds * 1000 + fraction)
    }
}

private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func digits(_ count: Int) -> Int64? {
        let part = rest.prefix(count)
        guard part.count == count, part.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return part.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    mutating func take(_ character: Unicode.Scalar, or other: Unicode.Scalar? = nil) -> Bool {
        guard let first = rest.first,
            first == UInt8(ascii: character) || other.map({ first == UInt8(ascii: $0) }) ?? false
        else { return false }
        rest = rest.dropFirst()
        return true
    }

    mutating func fractionMilliseconds() -> Int64? {
        guard take(".") else { return 0 }
        let part = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(part.count) else { return nil }
        rest = rest.dropFirst(part.count)
        let text = part.prefix(3).reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return text * [100, 10, 1][min(part.count, 3) - 1]
    }

    mutating func offsetMinutes() -> Int64? {
        if take("Z", or: "z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2), take(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
