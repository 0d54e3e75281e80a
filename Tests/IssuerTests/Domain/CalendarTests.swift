import Foundation
import Testing

@testable import Issuer

/// Periods and schedules against Tests/Calendars, which another program computed from another copy of the time zones.
@Suite struct CalendarTests {
    static func rows(_ name: String) throws -> [[String]] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: tests.appending(path: "Calendars/\(name)"), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }

    static func instant(_ text: String) throws -> Instant {
        try #require(Instant(rfc3339: text))
    }

    @Test("days, ISO weeks, months and years begin and end as zoneinfo has them, in ten zones and over every change")
    func periods() throws {
        let rows = try Self.rows("periods.csv")
        #expect(rows.count > 1000)
        for row in rows {
            let (zone, at) = (try TimeZoneID(row[0]), try Self.instant(row[1]))
            for (column, interval) in [(2, Interval.daily), (4, .weekly), (6, .monthly), (8, .yearly)] {
                let period = try #require(Period.counted(by: interval, at: at, in: zone))
                let expected = Period(start: try Self.instant(row[column]), end: try Self.instant(row[column + 1]))
                #expect(period == expected, "\(interval.name) in \(row[0]) at \(row[1])")
                #expect(period.contains(at), "\(interval.name) in \(row[0]) at \(row[1])")
            }
        }
    }

    @Test("schedules are open when the clock on the wall says so, in ten zones and over every change")
    func schedules() throws {
        let rows = try Self.rows("schedules.csv")
        #expect(rows.count > 2000)
        for row in rows {
            let clock = try #require(LocalClock(try TimeZoneID(row[0])))
            let days = try row[1].split(separator: " ").map { try #require(Schedule.Day(rawValue: String($0))) }
            let schedule = try Schedule(days: Set(days), from: TimeOfDay(row[2]), to: TimeOfDay(row[3]))
            let at = try Self.instant(row[4])
            #expect(schedule.isOpen(at: at, by: clock) == (row[5] == "1"), "\(row)")
            if row[5] == "1" { continue }
            let opening = try #require(schedule.opening(after: at, by: clock), "\(row)")
            #expect(opening > at && schedule.isOpen(at: opening, by: clock), "\(row)")
            let before = Instant(milliseconds: opening.milliseconds - 1)
            #expect(!schedule.isOpen(at: before, by: clock), "\(row)")
        }
    }
}
