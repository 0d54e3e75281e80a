internal import Foundation

/// A half-open stretch of time, `start..<end`, in which spends are counted together.
public struct Period: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    /// Every instant there is: from 1970 to the end of the year 9999.
    static let allTime = Period(start: Instant(milliseconds: 0), end: Instant(milliseconds: 253_402_300_800_000))

    /// When what was spent in it counts no more. Nil for all time; and for a rolling window, which forgets bit by bit.
    var resetsAt: Instant? { end < Self.allTime.end ? end : nil }

    /// From when on the counter of a calendar period may be dropped: nothing has been decided in the period for a week, and
    /// should a clock be set back further it is opened again. Nil: never.
    var dropsAt: Instant? { resetsAt?.adding(seconds: 7 * 86_400) }

    func contains(_ instant: Instant) -> Bool {
        start <= instant && instant < end
    }
}

/// The name of a time zone in the IANA database, such as `Europe/Zurich`.
public struct TimeZoneID: CheckedText {
    public static let utc = TimeZoneID(known: "UTC")

    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard text == "UTC" || Self.isKnown(text) else {
            throw InvalidValue("must be a time zone of the IANA database, such as \"UTC\" or \"America/New_York\"")
        }
        self.text = text
    }

    /// Foundation's own list leaves out names such as Asia/Kolkata, for which it has another, and yet knows them. An offset
    /// such as GMT+0530, which it takes too, is no name; nor are abbreviations such as BST, which mean something else elsewhere.
    private static func isKnown(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isCharacter),
            text.utf8.contains(UInt8(ascii: "/")) || withoutArea.contains(text)
        else { return false }
        return TimeZone(identifier: text)?.identifier == text
    }

    /// The names of the IANA database that name no area.
    private static let withoutArea: Set<String> = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT0", "Greenwich",
        "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya", "MET", "MST",
        "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK", "Singapore",
        "Turkey", "UCT",
        "Universal", "W-SU", "WET", "Zulu",
    ]

    private static func isCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_+/-".utf8.contains(byte)
        }
    }

    private init(known text: String) {
        self.text = text
    }

    /// Takes any text: it was checked when it was written, maybe by a version that took more. A machine whose database has
    /// lost the zone since must still read the policy, which then denies.
    public init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
    }
}

extension Period {
    /// What a limit of this interval counts at `instant`: a calendar period by `zone`'s clocks, weeks from Monday, or the
    /// seconds before.
    ///
    /// Nil for one authorization, which has no period, and where this machine no longer knows the zone.
    static func counted(by interval: Interval, at instant: Instant, in zone: TimeZoneID) -> Period? {
        switch interval {
        case .perAuthorization: return nil
        case .allTime: return .allTime
        case .rolling(let seconds): return .rolling(seconds: seconds, at: instant)
        case .daily, .weekly, .monthly, .yearly: break
        }
        guard let clock = LocalClock(zone) else { return nil }
        let today = clock.reading(at: instant).day
        let period = calendar(interval, of: CivilDate(daysSince1970: today), by: clock)
        // Clocks that are set back over midnight show the day before once more; the new one has begun all the same.
        guard let period, period.end <= instant else { return period }
        return calendar(interval, of: CivilDate(daysSince1970: today + 1), by: clock)
    }

    private static func calendar(_ interval: Interval, of today: CivilDate, by clock: LocalClock) -> Period? {
        let first: CivilDate
        let next: CivilDate
        switch interval {
        case .perAuthorization, .allTime, .rolling: return nil
        case .daily:
            first = today
            next = CivilDate(daysSince1970: today.daysSince1970 + 1)
        case .weekly:
            let monday = today.daysSince1970 - CivilDate.weekday(daysSince1970: today.daysSince1970)
            first = CivilDate(daysSince1970: monday)
            next = CivilDate(daysSince1970: monday + 7)
        case .monthly:
            first = CivilDate(year: today.year, month: today.month, day: 1)
            next =
                today.month == 12
                ? CivilDate(year: today.year + 1, month: 1, day: 1)
                : CivilDate(year: today.year, month: today.month + 1, day: 1)
        case .yearly:
            first = CivilDate(year: today.year, month: 1, day: 1)
            next = CivilDate(year: today.year + 1, month: 1, day: 1)
        }
        return Period(start: clock.startOfDay(first), end: clock.startOfDay(next))
    }
}
