import Foundation
import Testing

@testable import Issuer

@Suite struct ScheduleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let days: [Schedule.Day]
        let from: String
        let to: String
        var zone = "UTC"
        /// An instant, and whether it is open then.
        let readings: [(String, Bool)]

        var testDescription: String { name }
    }

    // 2 March 2026 is a Monday.
    static let cases = [
        Case(
            name: "within a day: from is in, to is out", days: [.monday], from: "09:00", to: "18:00",
            readings: [
                ("2026-03-02T08:59:59.999Z", false), ("2026-03-02T09:00:00Z", true), ("2026-03-02T17:59:59.999Z", true),
                ("2026-03-02T18:00:00Z", false), ("2026-03-03T12:00:00Z", false),
            ]),
        Case(
            name: "over midnight: into the next day, whichever that is", days: [.sunday], from: "22:00", to: "06:00",
            readings: [
                ("2026-03-01T05:59:00Z", false), ("2026-03-01T21:59:59Z", false), ("2026-03-01T22:00:00Z", true),
                ("2026-03-02T00:00:00Z", true), ("2026-03-02T05:59:59.999Z", true), ("2026-03-02T06:00:00Z", false),
                ("2026-03-02T22:00:00Z", false),
            ]),
        Case(
            name: "from and to alike: a day and a night from then on", days: [.monday], from: "09:00", to: "09:00",
            readings: [
                ("2026-03-02T08:59:59Z", false), ("2026-03-02T09:00:00Z", true), ("2026-03-03T08:59:59Z", true),
                ("2026-03-03T09:00:00Z", false),
            ]),
        Case(
            name: "the whole day, to 24:00", days: [.monday], from: "00:00", to: "24:00",
            readings: [
                ("2026-03-01T23:59:59.999Z", false), ("2026-03-02T00:00:00Z", true), ("2026-03-02T23:59:59.999Z", true),
                ("2026-03-03T00:00:00Z", false),
            ]),
        Case(
            name: "the whole day, to 00:00", days: [.monday], from: "00:00", to: "00:00",
            readings: [
                ("2026-03-01T23:59:59.999Z", false), ("2026-03-02T00:00:00Z", true), ("2026-03-02T23:59:59.999Z", true),
                ("2026-03-03T00:00:00Z", false),
            ]),
        Case(
            name: "to midnight", days: [.monday], from: "18:00", to: "00:00",
            readings: [
                ("2026-03-02T17:59:59Z", false), ("2026-03-02T23:59:59.999Z", true), ("2026-03-03T00:00:00Z", false),
            ]),
        // Clocks in New York go from 02:00 to 03:00 on 8 March 2026, a Sunday, at 07:00 UTC.
        Case(
            name: "what the clocks skip never comes", days: [.sunday], from: "02:15", to: "02:45",
            zone: "America/New_York",
            readings: [
                ("2026-03-08T06:59:59Z", false), ("2026-03-08T07:00:00Z", false), ("2026-03-15T06:15:00Z", true),
            ]),
        Case(
            name: "what begins in the skipped hour begins after it", days: [.sunday], from: "02:30", to: "04:00",
            zone: "America/New_York",
            readings: [
                ("2026-03-08T06:59:59.999Z", false), ("2026-03-08T07:00:00Z", true), ("2026-03-08T08:00:00Z", false),
            ]),
        // And from 02:00 to 01:00 on 1 November at 06:00 UTC.
        Case(
            name: "what the clocks repeat comes twice", days: [.sunday], from: "01:00", to: "01:30",
            zone: "America/New_York",
            readings: [
                ("2026-11-01T04:59:59Z", false), ("2026-11-01T05:00:00Z", true), ("2026-11-01T05:30:00Z", false),
                ("2026-11-01T06:00:00Z", true), ("2026-11-01T06:30:00Z", false),
            ]),
        Case(
            name: "on no day: never", days: [], from: "00:00", to: "24:00",
            readings: [("2026-03-02T12:00:00Z", false), ("2026-03-07T00:00:00Z", false)]),
    ]

    @Test("a schedule is open from its beginning until just before its end, by the zone's clocks", arguments: cases)
    func open(_ row: Case) throws {
        let schedule = try Schedule(days: Set(row.days), from: TimeOfDay(row.from), to: TimeOfDay(row.to))
        let clock = try #require(LocalClock(try TimeZoneID(row.zone)))
        for (text, isOpen) in row.readings {
            #expect(schedule.isOpen(at: try #require(Instant(rfc3339: text)), by: clock) == isOpen, "\(text)")
        }
    }

    @Test(
        "the next opening is the first there is: today, another day, after the skipped time, in the repeated one, or never",
        arguments: [
            ([Schedule.Day.monday], "09:00", "UTC", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00.000Z"),
            ([.monday], "09:00", "UTC", "2026-03-02T18:00:00Z", "2026-03-09T09:00:00.000Z"),
            ([.monday, .friday], "09:00", "Europe/Berlin", "2026-03-02T18:00:00Z", "2026-03-06T08:00:00.000Z"),
            ([.sunday], "02:15", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-08T07:00:00.000Z"),
            ([.sunday], "01:30", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-01T05:30:00.000Z"),
            ([], "00:00", "UTC", "2026-03-02T18:00:00Z", ""),
        ])
    func opening(days: [Schedule.Day], from: String, zone: String, now: String, opens: String) throws {
        let schedule = try Schedule(days: Set(days), from: TimeOfDay(from), to: TimeOfDay("18:00"))
        let clock = try #require(LocalClock(try TimeZoneID(zone)))
        let opening = schedule.opening(after: try #require(Instant(rfc3339: now)), by: clock)
        #expect(opening?.rfc3339 ?? "" == opens)
    }

    @Test(
        "where clocks are set back into the hours of opening, it opens at that instant",
        arguments: [
            // At 01:00, 05:00 UTC, Havana's clocks go back to 00:00. The first 00:30 is at 04:30 UTC.
            (
                [Schedule.Day.saturday], "23:30", "00:30", "America/Havana", "2025-11-02T04:30:00Z",
                "2025-11-02T05:00:00.000Z"
            ),
            ([.saturday], "23:30", "00:30", "America/Havana", "2025-11-02T05:30:00Z", "2025-11-09T04:30:00.000Z"),
            // At 02:00, 06:00 UTC, New York's go back to 01:00: open until 01:30 again.
            ([.sunday], "00:45", "01:30", "America/New_York", "2026-11-01T05:45:00Z", "2026-11-01T06:00:00.000Z"),
            ([.sunday], "00:30", "00:45", "America/New_York", "2026-11-01T05:45:00Z", "2026-11-08T05:30:00.000Z"),
        ])
    func reopening(
        days: [Schedule.Day], from: String, to: String, zone: String, now: String, opens: String
    ) throws {
        let schedule = try Schedule(days: Set(days), from: TimeOfDay(from), to: TimeOfDay(to))
        let clock = try #require(LocalClock(try TimeZoneID(zone)))
        let now = try #require(Instant(rfc3339: now))
        #expect(!schedule.isOpen(at: now, by: clock))
        #expect(schedule.opening(after: now, by: clock)?.rfc3339 == opens)
    }

    @Test(
        "a time of day is two digits, a colon and two digits, up to 24:00",
        arguments: [
            ("00:00", true), ("09:05", true), ("23:59", true), ("24:00", true), ("24:01", false), ("25:00", false),
            ("9:00", false), ("09:60", false), ("0900", false), ("09:00:00", false), (" 9:00", false), ("-1:00", false),
            ("09:0٠", false), ("", false),
        ])
    func timeOfDay(text: String, isGood: Bool) {
        let time = try? TimeOfDay(text)
        #expect((time != nil) == isGood)
        #expect(time.map(\.text) ?? text == text)
    }

    @Test("outside its schedule a policy refuses and says when it opens; in a zone that is not known it cannot tell")
    func refusal() throws {
        let closed = try PolicyEngineTests.policy {
            $0.schedule = try Schedule(days: [.tuesday], from: TimeOfDay("09:00"), to: TimeOfDay("10:00"))
        }
        let ruling = try PolicyEngineTests.decide(1, [closed])
        #expect(ruling.reasons.map(\.code) == [.outsideSchedule])
        #expect(ruling.reasons[0].opensAt == Instant(rfc3339: "2026-03-03T09:00:00Z"))
        #expect(ruling.reasons[0].message == "\"Test policy\" allows spends on TUE from 09:00 to 10:00 in UTC.")
        let open = try PolicyEngineTests.policy {
            $0.schedule = try Schedule(days: [.monday], from: .startOfDay, to: .endOfDay)
        }
        #expect(try PolicyEngineTests.decide(1, [open]).decision == .approved)
        let lost = try PolicyEngineTests.policy {
            $0.schedule = try Schedule(days: [.monday], from: .startOfDay, to: .endOfDay)
            $0.timeZone = try JSONDecoder().decode(TimeZoneID.self, from: Data(#""Mars/Olympus""#.utf8))
        }
        #expect(try PolicyEngineTests.decide(1, [lost]).reasons.map(\.code) == [.policyError])
    }

    @Test("a shadow's schedule is told apart like its other reasons")
    func shadow() throws {
        let shadow = try PolicyEngineTests.policy {
            $0.mode = .shadow
            $0.schedule = try Schedule(days: [], from: .startOfDay, to: .endOfDay)
        }
        let ruling = try PolicyEngineTests.decide(1, [try PolicyEngineTests.policy(), shadow])
        #expect(ruling.decision == .approved)
        #expect(ruling.shadowReasons.map(\.code) == [.outsideSchedule])
        #expect(ruling.shadowReasons[0].opensAt == nil)
    }
}
