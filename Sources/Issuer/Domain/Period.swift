internal import Foundation

/// A half-open stretch of time, `start..<end`, in which spends are counted together.
public struct Period: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    /// Every instant there is: from 1970 to the end of the year 9999.
    static let allTime = Period(start: Instant(milliseconds: 0), end: Instant(milliseconds: 253_402_300_800_000))

    func contains(_ instant: Instant) -> Bool {
        start <= instant && instant < end
    }
}

/// The name of a time zone in the IANA database, such as `Europe/Zurich`.
public struct TimeZoneID: CheckedText {
    public static let utc = TimeZoneID(known: "UTC")

    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard text == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(text) else {
            throw InvalidValue("must be a time zone of the IANA database, such as \"UTC\" or \"America/New_York\"")
        }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }
}

extension Period {
    /// The calendar period of `interval` that holds `instant` where `zone`'s clocks hang. Weeks begin on Monday.
    ///
    /// Nil for one authorization, which has no period, and where this machine no longer knows the zone.
    static func calendar(_ interval: Interval, containing instant: Instant, in zone: TimeZoneID) -> Period? {
        switch interval {
        case .perAuthorization: return nil
        case .allTime: return .allTime
        case .daily, .weekly, .monthly, .yearly: break
        }
        guard let clock = LocalClock(zone) else { return nil }
        let today = CivilDate(daysSince1970: clock.day(of: instant))
        let first: CivilDate
        let next: CivilDate
        switch interval {
        case .perAuthorization, .allTime: return nil
        case .daily:
            first = today
            next = CivilDate(daysSince1970: today.daysSince1970 + 1)
        case .weekly:
            let monday = today.daysSince1970 - CivilDate.weekday(daysSince1970: today.daysSince1970)
            first = CivilDate(daysSince1970: monday)
            next = CivilDate(daysSince1970: monday + 7)
        case .monthly:
            first = CivilDate(year: today.year, month: today.month, day: 1)
            next = today.month == 12
                ? CivilDate(year: today.year + 1, month: 1, day: 1)
                : CivilDate(year: today.year, month: today.month + 1, day: 1)
        case .yearly:
            first = CivilDate(year: today.year, month: 1, day: 1)
            next = CivilDate(year: today.year + 1, month: 1, day: 1)
        }
        return Period(start: clock.startOfDay(first), end: clock.startOfDay(next))
    }
}

/// A zone's wall clock. UTC, by far the most used, is plain arithmetic; other zones ask Foundation's rules.
private struct LocalClock {
    private let zone: TimeZone?

    init?(_ id: TimeZoneID) {
        if id == .utc {
            zone = nil
        } else if let known = TimeZone(identifier: id.text) {
            zone = known
        } else {
            return nil
        }
    }

    private func offset(at milliseconds: Int64) -> Int64 {
        guard let zone else { return 0 }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return Int64(zone.secondsFromGMT(for: date)) * 1000
    }

    /// Days from 1970-01-01 to the local date at `instant`.
    func day(of instant: Instant) -> Int64 {
        let local = instant.milliseconds + offset(at: instant.milliseconds)
        return local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    }

    /// The first instant of a local date: local midnight, or where clocks skip over midnight, the jump itself.
    func startOfDay(_ date: CivilDate) -> Instant {
        let midnight = date.daysSince1970 * 86_400_000
        guard zone != nil else { return Instant(milliseconds: midnight) }
        // The date starts at one of the two offsets in force around it; the earlier candidate that lies in the date wins.
        let before = offset(at: midnight - 86_400_000)
        let after = offset(at: midnight + 86_400_000)
        let candidates = [midnight - before, midnight - after].sorted()
        for candidate in candidates where day(of: Instant(milliseconds: candidate)) == date.daysSince1970 {
            return firstInstant(of: date, notAfter: candidate)
        }
        return Instant(milliseconds: candidates[0])
    }

    /// Clocks that jump over midnight put the candidate past the jump: the day then began at the jump.
    private func firstInstant(of date: CivilDate, notAfter candidate: Int64) -> Instant {
        var outside = candidate - 86_400_000
        var inside = candidate
        guard day(of: Instant(milliseconds: candidate - 1)) == date.daysSince1970 else {
            return Instant(milliseconds: candidate)
        }
        while inside - outside > 1 {
            let middle = outside + (inside - outside) / 2
            if day(of: Instant(milliseconds: middle)) == date.daysSince1970 { inside = middle } else { outside = middle }
        }
        return Instant(milliseconds: inside)
    }
}
