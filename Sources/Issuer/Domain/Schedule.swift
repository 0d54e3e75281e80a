/// When spends may happen: on some days of the week, between two times of day, by the clocks of the policy's time zone.
public struct Schedule: Sendable, Codable, Equatable {
    public enum Day: String, Sendable, Codable, CaseIterable {
        case monday = "MON"
        case tuesday = "TUE"
        case wednesday = "WED"
        case thursday = "THU"
        case friday = "FRI"
        case saturday = "SAT"
        case sunday = "SUN"
    }

    /// The days on which it opens. None: never.
    public let days: Set<Day>
    /// When it opens on each of them, before 24:00.
    public let from: TimeOfDay
    /// When it closes again: on the same day where that is later than `from`, else on the next.
    public let to: TimeOfDay

    public init(days: Set<Day>, from: TimeOfDay, to: TimeOfDay) throws(InvalidValue) {
        guard from < .endOfDay else {
            throw InvalidValue("from must be earlier than 24:00: the next day begins at 00:00")
        }
        self.days = days
        self.from = from
        self.to = to
    }

    /// What the clocks of that zone read decides: what they skip never comes, what they repeat comes twice.
    func isOpen(at instant: Instant, by clock: LocalClock) -> Bool {
        let (day, time) = clock.reading(at: instant)
        let today = days.contains(Day(daysSince1970: day))
        if from < to { return today && (from.milliseconds..<to.milliseconds).contains(time) }
        let yesterday = days.contains(Day(daysSince1970: day - 1))
        return (today && time >= from.milliseconds) || (yesterday && time < to.milliseconds)
    }

    /// When it opens next after an instant at which it is closed. Nil: never.
    func opening(after instant: Instant, by clock: LocalClock) -> Instant? {
        let today = clock.reading(at: instant).day
        // A week on comes the same day again; one more, since the clocks may skip this one's time.
        var next: Instant?
        for day in today...(today + 14) where days.contains(Day(daysSince1970: day)) {
            let openings = clock.instants(reading: day * LocalClock.dayMilliseconds + from.milliseconds)
            next = openings.first { $0 > instant && isOpen(at: $0, by: clock) }
            if next != nil { break }
        }
        // Clocks that are set back may come to a time at which it is open, long after it opened.
        let end = next ?? instant.adding(seconds: 15 * 86_400)
        return clock.changes(after: instant, before: end).first { isOpen(at: $0, by: clock) } ?? next
    }
}

extension Schedule.Day {
    init(daysSince1970 days: Int64) {
        self = Self.allCases[Int(CivilDate.weekday(daysSince1970: days))]
    }
}

/// A time of day to the minute, `00:00` to `24:00`, as clocks on the wall show it.
public struct TimeOfDay: CheckedText, Comparable {
    public static let startOfDay = TimeOfDay(minutes: 0)
    public static let endOfDay = TimeOfDay(minutes: 24 * 60)

    let minutes: Int64
    var milliseconds: Int64 { minutes * 60_000 }

    private init(minutes: Int64) {
        self.minutes = minutes
    }

    public init(_ text: String) throws(InvalidValue) {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == UInt8(ascii: ":"),
            let hours = Self.number(digits[0], digits[1]), let minutes = Self.number(digits[3], digits[4]),
            minutes < 60, hours < 24 || (hours == 24 && minutes == 0)
        else { throw InvalidValue("must be a time of day from \"00:00\" to \"24:00\"") }
        self.minutes = hours * 60 + minutes
    }

    public var text: String {
        "\(Self.twoDigits(minutes / 60)):\(Self.twoDigits(minutes % 60))"
    }

    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.minutes < right.minutes
    }

    private static func number(_ tens: UInt8, _ ones: UInt8) -> Int64? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard digits.contains(tens), digits.contains(ones) else { return nil }
        return Int64(tens - digits.lowerBound) * 10 + Int64(ones - digits.lowerBound)
    }

    private static func twoDigits(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
