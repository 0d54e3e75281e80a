import Issuer
import Testing

@testable import Server

@Suite struct WordingTests {
    @Test(
        "an amount is shown with its currency's decimals, and read back as it was",
        arguments: [
            (0, "USD", "0.00"), (5, "USD", "0.05"), (123_456, "USD", "1,234.56"), (100_000_000, "USD", "1,000,000.00"),
            (1234, "JPY", "1,234"), (7, "KWD", "0.007"), (1_234_567, "KWD", "1,234.567"),
            (Money.minorUnitsMax, "USD", "90,071,992,547,409.91"),
        ] as [(Int64, String, String)])
    func figures(_ minorUnits: Int64, _ code: String, _ figure: String) throws {
        let currency = try CurrencyCode(code)
        #expect(MoneyText.figure(minorUnits, currency) == figure)
        #expect(try MoneyText.minorUnits(figure, currency) == minorUnits)
    }

    @Test(
        "what people may write for an amount",
        arguments: [("1234.5", 123_450), ("1 234", 123_400), ("1'234.50", 123_450), ("007", 700)] as [(String, Int64)])
    func reading(_ text: String, _ minorUnits: Int64) throws {
        #expect(try MoneyText.minorUnits(text, CurrencyCode("USD")) == minorUnits)
    }

    @Test(
        "an amount that could mean another is refused, never rounded",
        arguments: [
            "", "1,5", "1.234.50", "12,34.00", "1.005", "-1", "1e3", "1.", ".5", "٣", "$5", "99999999999999999999",
            "90071992547409.92",
        ])
    func refused(_ text: String) throws {
        let currency = try CurrencyCode("USD")
        #expect(throws: InvalidValue.self) { try MoneyText.minorUnits(text, currency) }
    }

    @Test("ISO 4217's currencies without two decimals")
    func digits() throws {
        let others = try CurrencyCode.allTexts.filter { try CurrencyCode($0).minorUnitDigits != 2 }
        #expect(
            others == [
                "BHD", "BIF", "CLP", "DJF", "GNF", "IQD", "ISK", "JOD", "JPY", "KMF", "KRW", "KWD", "LYD", "OMR", "PYG",
                "RWF", "TND", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
            ])
    }

    @Test(
        "a share is a part of its whole, and nothing overflows",
        arguments: [
            (0, 0, "0.00%"), (0, 5, "0.00%"), (1, 3, "33.33%"), (5, 5, "100.00%"), (9, 5, "100.00%"),
            (1, .max, "0.30%"), (.max - 1, .max, "99.99%"),
        ] as [(Int64, Int64, String)])
    func shares(_ part: Int64, _ whole: Int64, _ text: String) {
        #expect(Share.percent(part, of: whole) == text)
    }

    @Test("JSON on lines of its own has the same members in the same order")
    func json() {
        #expect(
            JSONIndent.text(#"{"b":[1,{"a":"x,{\"y\":[1]}"}],"a":{},"c":[]}"#)
                == """
                {
                  "b": [
                    1,
                    {
                      "a": "x,{\\"y\\":[1]}"
                    }
                  ],
                  "a": {},
                  "c": []
                }
                """)
    }

    @Test(
        "a field that a spreadsheet would run begins with an apostrophe",
        arguments: [
            ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
            (" =1", "\"' =1\""), ("＝1", "\"'＝1\""), ("AWS, \"the\" cloud", "\"AWS, \"\"the\"\" cloud\""), ("", "\"\""),
        ])
    func formulas(_ text: String, _ field: String) {
        #expect(CSV.field(text) == field)
    }

    @Test(
        "how long a rolling limit looks back is read as it is written",
        arguments: [60, 90, 3600, 5400, 86_400, 129_600, 2_678_400] as [Int64])
    func lengths(_ seconds: Int64) {
        #expect(RollingLength.seconds(RollingLength.text(seconds)) == seconds)
    }

    @Test(
        "a length out of bounds, or of no known unit, is none", arguments: ["", "h", "59 s", "32 d", "1 year", "-1 h"])
    func noLengths(_ text: String) {
        #expect(RollingLength.seconds(text) == nil)
    }

    @Test("times are told in UTC")
    func times() {
        let instant = Instant(milliseconds: 1_795_426_200_123)
        #expect(TimeText.second(instant) == "23 Nov 2026, 09:30:00 UTC")
        #expect(TimeText.relative(instant.adding(seconds: 7300), to: instant) == "in 2 hours")
        #expect(TimeText.relative(instant.adding(seconds: -90), to: instant) == "1 minute ago")
        #expect(TimeText.startOfDay("2026-11-23") == Instant(rfc3339: "2026-11-23T00:00:00Z"))
        #expect(TimeText.startOfDay("2026-02-30") == nil)
    }

    @Test("a chart has a bar a day within its frame, whatever the amounts, and none where there are no days")
    func chart() throws {
        let usd = try CurrencyCode("USD")
        func day(_ confirmed: Int64, _ reserved: Int64) -> Overview.Day {
            Overview.Day(start: Instant(milliseconds: 0), reserved: reserved, confirmed: confirmed, confirmedCount: 1)
        }
        #expect(SpendChart([], usd).bars.isEmpty)
        let flat = SpendChart(Array(repeating: day(0, 0), count: 30), usd)
        #expect(flat.bars.count == 30 && flat.bars.allSatisfy { $0.spentHeight == "0.00%" })
        let high = SpendChart([day(.max, .max), day(1, 0)], usd)
        #expect(high.bars.map(\.spentHeight) == ["100.00%", "0.00%"])
        let chart = SpendChart([day(150_00, 50_00), day(400_00, 0)], usd)
        #expect(chart.ticks == ["0", "100", "200", "300", "400"])
        #expect(chart.bars.map(\.spentHeight) == ["37.50%", "100.00%"])
        #expect(chart.bars.map(\.reservedHeight) == ["12.50%", "0.00%"])
        #expect(chart.bars.map(\.reservedY) == ["50.00%", "0.00%"])
    }

    @Test(
        arguments: [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 "
                    + "Edg/142.0", "Edge on Windows"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
                "Safari on iPhone"
            ),
            ("curl/8.5.0", "curl/8.5.0"), ("", "Unknown browser"), ("Chrome/1", "Chrome"),
        ])
    func `a browser is called what people call it, and what is none that is known by its own words`(
        _ userAgent: String, _ name: String
    ) {
        #expect(BrowserName.text(userAgent) == name)
    }

    @Test(
        arguments: [
            ("=1+1", "\"'=1+1\""), ("x;=1+1;y", "\"x;'=1+1;y\""), ("a\t@SUM(A1)", "\"a\t'@SUM(A1)\""),
            ("a\n-1", "\"a\n'-1\""), ("a \"; =1\"", "\"a \"\";' =1\"\"\""), ("a-b=c", "\"a-b=c\""),
        ])
    func `a field begins no formula after what another program separates by either`(_ text: String, _ field: String) {
        #expect(CSV.field(text) == field)
    }
}
