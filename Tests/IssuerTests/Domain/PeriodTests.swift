import Testing

@testable import Issuer

@Suite struct PeriodTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let interval: Interval
        let zone: String
        let instant: String
        let start: String
        let end: String

        init(_ interval: Interval, _ zone: String, _ instant: String, _ start: String, _ end: String) {
            self.interval = interval
            self.zone = zone
            self.instant = instant
            self.start = start
            self.end = end
        }

        var testDescription: String { "\(interval.name) in \(zone) at \(instant)" }
    }

    static let cases = [
        Case(.daily, "UTC", "2026-03-02T10:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        Case(.daily, "UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        Case(.daily, "UTC", "2026-03-01T23:59:59.999Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        // 2026-03-02 is a Monday.
        Case(.weekly, "UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"),
        Case(.weekly, "UTC", "2026-03-01T23:59:59Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"),
        Case(.monthly, "UTC", "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        Case(.monthly, "UTC", "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"),
        Case(.yearly, "UTC", "2028-02-29T12:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z"),
        // Clocks in New York go forward on 8 March 2026: that day has 23 hours; back on 1 November: 25.
        Case(.daily, "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        Case(.daily, "America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        Case(.daily, "Asia/Kathmandu", "2026-03-02T18:14:59Z", "2026-03-01T18:15:00Z", "2026-03-02T18:15:00Z"),
        Case(.monthly, "Europe/Zurich", "2026-03-31T22:30:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z"),
        // Clocks in Santiago skip midnight on 6 September 2026: the day begins at 01:00.
        Case(.daily, "America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        // Samoa had no 30 December 2011 at all.
        Case(.daily, "Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        Case(.allTime, "UTC", "2026-03-02T10:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T24:00:00Z"),
    ]

    @Test("a calendar period begins and ends with the zone's own clock", arguments: cases)
    func calendarPeriod(_ row: Case) throws {
        let instant = try #require(Instant(rfc3339: row.instant))
        let period = try #require(
            Period.counted(by: row.interval, at: instant, in: try TimeZoneID(row.zone)))
        #expect(period.start == Instant(rfc3339: row.start), "starts \(period.start.rfc3339)")
        if row.interval != .allTime {
            #expect(period.end == Instant(rfc3339: row.end), "ends \(period.end.rfc3339)")
        }
        #expect(period.contains(instant))
    }

    @Test(
        "periods tile time: each instant is in one period, and the next begins where it ends",
        arguments: [Interval.daily, .weekly, .monthly, .yearly],
        ["UTC", "America/New_York", "Europe/Zurich", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"])
    func periodsTile(_ interval: Interval, _ zone: String) throws {
        let zone = try TimeZoneID(zone)
        var at = Instant(rfc3339: "2011-01-01T00:00:00Z")!
        let end = Instant(rfc3339: interval == .yearly ? "2031-01-01T00:00:00Z" : "2013-01-01T00:00:00Z")!
        while at < end {
            let period = try #require(Period.counted(by: interval, at: at, in: zone))
            try #require(period.contains(at) && period.end > at)
            let last = Instant(milliseconds: period.end.milliseconds - 1)
            #expect(Period.counted(by: interval, at: last, in: zone) == period)
            let next = try #require(Period.counted(by: interval, at: period.end, in: zone))
            #expect(next.start == period.end)
            at = period.end
        }
    }

    @Test("one authorization has no period")
    func perAuthorization() {
        #expect(Period.counted(by: .perAuthorization, at: Instant(seconds: 0), in: .utc) == nil)
    }
}
