import Foundation
import Testing

@testable import Issuer

@Suite struct InstantTests {
    @Test(
        "RFC 3339 is read to the millisecond, in any offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1970-01-01T00:00:00.5Z", 500),
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T00:00:00z", 951_782_400_000),
            ("2026-11-23t09:30:00.123456789Z", 1_795_426_200_123),
        ])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "what is not RFC 3339 is refused",
        arguments: [
            "", "2026-11-23", "2026-11-23T09:30Z", "2026-11-23T09:30:00", "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T09:60:00Z", "2026-11-23T09:30:00.Z",
            "2026-11-23T09:30:00Z ", "2026-11-23 09:30:00Z", "+026-11-23T09:30:00Z", "2026-11-23T09:30:00+0100",
        ])
    func refuses(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("every instant is written so that it reads back the same")
    func roundTrip() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let instant = Instant(
                milliseconds: Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &generator))
            #expect(Instant(rfc3339: instant.rfc3339) == instant, "seed \(seed), \(instant.milliseconds)")
        }
    }

    @Test("our calendar agrees with Foundation's on every day of four centuries")
    func civilDates() throws {
        var calendar = Foundation.Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: Int64(-80_000), to: 80_000, by: 37) {
            let date = CivilDate(daysSince1970: day)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            #expect(date == CivilDate(year: Int64(parts.year!), month: Int64(parts.month!), day: Int64(parts.day!)))
            #expect(date.daysSince1970 == day)
            #expect(CivilDate.weekday(daysSince1970: day) == Int64((parts.weekday! + 5) % 7))
        }
    }
}

@Suite struct IDTests {
    @Test("identifiers made in one millisecond, or by a clock that went back, still sort in the order of making")
    func order() {
        let ids = IDGenerator.random()
        var made: [AgentID] = []
        for milliseconds in [5000, 5000, 5000, 4000, 6000, 1000] as [Int64] {
            made.append(ids.next(at: Instant(milliseconds: milliseconds)))
        }
        #expect(made.map(\.text) == made.map(\.text).sorted())
        #expect(Set(made).count == made.count)
    }

    @Test(
        "only this kind's own identifiers are read",
        arguments: [
            "", "agt_", "agt_01k3v", "pol_00000000000000000000000000", "agt_0000000000000000000000000I",
            "agt_0000000000000000000000000A", "AGT_00000000000000000000000000", "agt_000000000000000000000000000",
            "agt_00000000000000000000000000\0", "agt_0000000000000000000000000é",
        ])
    func refuses(_ text: String) {
        #expect(AgentID(text) == nil)
    }

    @Test("a successor carries from the low half into the high")
    func carries() {
        let last = ULID(milliseconds: 1, randomHigh: 7, randomLow: .max)
        #expect(last < last.successor)
        #expect(last.successor == ULID(milliseconds: 1, randomHigh: 8, randomLow: 0))
    }
}

@Suite struct MoneyTests {
    @Test(
        "an amount is an integer from 1 to 2^53 - 1",
        arguments: [
            (Int64.min, false), (-1, false), (0, false), (1, true), (9_007_199_254_740_991, true),
            (9_007_199_254_740_992, false), (Int64.max, false),
        ])
    func range(_ amount: Int64, _ isAllowed: Bool) {
        #expect(((try? Money.usd(amount)) != nil) == isAllowed)
    }

    @Test("text that only looks like a code, to a reader that normalises Unicode, is none")
    func lookalikes() throws {
        // U+212A, the Kelvin sign, is canonically equivalent to K: as Swift strings the two are equal, in SQL they are not.
        #expect("H\u{212A}D" == "HKD")
        #expect(throws: InvalidValue.self) { try CurrencyCode("H\u{212A}D") }
        #expect(throws: InvalidValue.self) { try CountryCode("H\u{212A}") }
        #expect(throws: InvalidValue.self) { try TimeZoneID("Asia/Hong_\u{212A}ong") }
    }

    @Test(
        "a time zone's every name is known",
        arguments: [
            "Asia/Kolkata", "Asia/Calcutta", "Europe/Kyiv", "US/Pacific", "UTC", "EST", "EST5EDT", "NZ-CHAT",
            "Etc/GMT+5",
        ])
    func timeZones(name: String) throws {
        #expect(try TimeZoneID(name).text == name)
    }

    @Test(
        "what is no time zone's name is refused",
        arguments: [
            "", "Mars/Olympus", "GMT+5", "GMT+0530", "europe/berlin", "Europe/Berlin ", "../etc/passwd", "BST", "AST",
            "SST",
            "IST", "PST", "CST", "PDT", "JST", "utc",
        ])
    func noTimeZones(name: String) {
        #expect(throws: InvalidValue.self) { try TimeZoneID(name) }
    }

    @Test("unknown currencies are refused", arguments: ["", "usd", "US", "USDX", "XXX", "XTS", "BTC", "US\0"])
    func currency(_ text: String) {
        #expect(throws: InvalidValue.self) { try CurrencyCode(text) }
    }

    @Test(
        "invisible and control characters are refused in what people read",
        arguments: [
            "", "a\u{0}", "a\u{202E}b", "a\u{200B}b", "a\nb", "\u{FEFF}a", String(repeating: "a", count: 129),
        ])
    func hiddenText(_ text: String) {
        #expect(throws: InvalidValue.self) { try MerchantID(text) }
    }
}
