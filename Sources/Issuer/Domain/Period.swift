internal import Foundation

/// A half-open stretch of time, `start..<end`, in which spends are counted together.
public struct Period: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    /// Every instant there is: from 1970 to the end of the year 9999.
    static let allTime = Period(start: Instant(milliseconds: 0), end: Instant(milliseconds: 253_402_300_800_000))

    /// When what was spent in it counts no more. Nil for all time; and for a rolling window, which forgets bit by bit.
    var resetsAt: Instant? { end < Self.allTime.end ? end : nil }

    func contains(_ instant: Instant) -> Bool {
        start <= instant && instant < end
    }
}

/// The name of a time zone in the IANA database, such as `Europe/Zurich`.
public struct TimeZoneID: CheckedText {
    public static let utc = TimeZoneID(known: "UTC")

    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard text.isASCII, text == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(text) else {
            throw InvalidValue("must be a time zone of the IANA database, such as \"UTC\" or \"America/New_York\"")
        }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }

    /// Takes any text: it was checked when it was written. A machine whose database has lost the zone since must still
    /// read the policy, which then denies.
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
        let today = CivilDate(daysSince1970: clock.day(of: instant))
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

    /// The first instant of a local date: midnight; where clocks skip it, the jump; where a whole day is skipped (Samoa,
    /// 30 December 2011), the first instant after it.
    func startOfDay(_ date: CivilDate) -> Instant {
        let day = date.daysSince1970
        let midnight = day * 86_400_000
        guard zone != nil else { return Instant(milliseconds: midnight) }
        // Nearly always the date begins at midnight by the offset in force before it or after it.
        for offset in [offset(at: midnight - 86_400_000), offset(at: midnight + 86_400_000)] {
            let candidate = Instant(milliseconds: midnight - offset)
            if isStart(candidate, of: day) { return candidate }
        }
        // No zone is as far as 26 hours from UTC.
        var (before, after) = (midnight - 26 * 3_600_000, midnight + 26 * 3_600_000)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.day(of: Instant(milliseconds: middle)) >= day { after = middle } else { before = middle }
        }
        return Instant(milliseconds: after)
    }

    private func isStart(_ candidate: Instant, of day: Int64) -> Bool {
        self.day(of: candidate) == day && self.day(of: Instant(milliseconds: candidate.milliseconds - 1)) < day
    }
}
