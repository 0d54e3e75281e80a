import Testing

@testable import Server

@Suite struct `The text of metrics` {
    @Test func `has every family once, with its samples`() {
        var page = Exposition()
        page.family("a_total", .counter, "What a counts.")
        page.sample(.integer(3), ["kind": "x", "place": "y"])
        page.sample(.integer(-1))
        page.only("b_seconds", .gauge, "What b is.", .seconds(nanoseconds: 1_500_000_000))
        #expect(
            page.text == """
                # HELP a_total What a counts.
                # TYPE a_total counter
                a_total{kind="x",place="y"} 3
                a_total -1
                # HELP b_seconds What b is.
                # TYPE b_seconds gauge
                b_seconds 1.500000000

                """)
    }

    @Test func `adds buckets up, to all of them`() {
        let histogram = Histogram([50_000, 1_000_000_000])
        for value: Int64 in [1, 50_000, 2_000_000_000] { histogram.observe(value) }
        var page = Exposition()
        page.family("c_seconds", .histogram, "What c took.")
        page.sample(histogram, ["stage": "x"])
        #expect(
            page.text.split(separator: "\n").dropFirst(2) == [
                #"c_seconds_bucket{stage="x",le="0.00005"} 2"#, #"c_seconds_bucket{stage="x",le="1"} 2"#,
                #"c_seconds_bucket{stage="x",le="+Inf"} 3"#, #"c_seconds_sum{stage="x"} 2.000050001"#,
                #"c_seconds_count{stage="x"} 3"#,
            ])
    }

    @Test(
        "a time is exact, to its last digit",
        arguments: [
            (0, "0.000000000"), (1, "0.000000001"), (999_999_999, "0.999999999"), (1_000_000_000, "1.000000000"),
            (-1, "-0.000000001"), (Int64.max, "9223372036.854775807"), (Int64.min, "-9223372036.854775808"),
        ])
    func times(nanoseconds: Int64, text: String) {
        var page = Exposition()
        page.only("a", .gauge, "A.", .seconds(nanoseconds: nanoseconds))
        #expect(page.text.hasSuffix("\na \(text)\n"))
    }

    @Test("a label's value cannot break out of its quotation marks")
    func labels() {
        #expect(Exposition.escaped("a\"b\\c\nd") == #"a\"b\\c\nd"#)
    }
}
