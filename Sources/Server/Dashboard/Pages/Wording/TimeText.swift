import Issuer

/// Times as people read them, in UTC: `27 Nov 2026, 08:46 UTC`.
enum TimeText {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The parts of RFC 3339, which all of these are made of.
    private static func parts(_ instant: Instant) -> (year: Substring, month: String, day: String, time: Substring) {
        let text = instant.rfc3339
        let fields = text.prefix(10).split(separator: "-")
        let month = Int(fields[1]).map { months[$0 - 1] } ?? ""
        return (fields[0], month, String(fields[2].drop { $0 == "0" }), text.dropFirst(11).prefix(8))
    }

    static func minute(_ instant: Instant) -> String {
        let (year, month, day, time) = parts(instant)
        return "\(day) \(month) \(year), \(time.prefix(5)) UTC"
    }

    static func second(_ instant: Instant) -> String {
        let (year, month, day, time) = parts(instant)
        return "\(day) \(month) \(year), \(time) UTC"
    }

    /// For columns: without the zone, which the column's name says, and with the year where it is another than this one.
    static func short(_ instant: Instant, now: Instant) -> String {
        let (year, month, day, time) = parts(instant)
        return "\(day) \(month)\(year == parts(now).year ? "" : " \(year)"), \(time.prefix(5))"
    }

    static func day(_ instant: Instant) -> String {
        let (year, month, day, _) = parts(instant)
        return "\(day) \(month) \(year)"
    }

    static func shortDay(_ instant: Instant) -> String {
        let (_, month, day, _) = parts(instant)
        return "\(day) \(month)"
    }

    /// `in 3 hours`, `12 minutes ago`: of the largest unit that fits, rounded down.
    static func relative(_ instant: Instant, to now: Instant) -> String {
        let seconds = (instant.milliseconds - now.milliseconds) / 1000
        let text = length(seconds: Int64(seconds.magnitude))
        if seconds.magnitude < 60 { return seconds > 0 ? "in less than a minute" : "just now" }
        return seconds > 0 ? "in \(text)" : "\(text) ago"
    }

    /// `90 minutes` where hours would round: `3 days`, `1 hour`.
    static func length(seconds: Int64) -> String {
        for (unit, size) in [("day", Int64(86_400)), ("hour", 3600), ("minute", 60)] where seconds >= size {
            let count = seconds / size
            return "\(count) \(unit)\(count == 1 ? "" : "s")"
        }
        return "\(seconds) second\(seconds == 1 ? "" : "s")"
    }

    /// The first instant of a day that a form names, `2026-11-27`.
    static func startOfDay(_ text: String) -> Instant? {
        text.utf8.count == 10 ? Instant(rfc3339: "\(text)T00:00:00Z") : nil
    }
}
