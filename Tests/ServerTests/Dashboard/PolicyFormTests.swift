import Issuer
import Testing

@testable import Server

@Suite struct PolicyFormTests {
    private static func terms() throws -> PolicyTerms {
        PolicyTerms(
            name: try Name("All of it"), agentID: AgentID("agt_01m85g7gt5n91thc7z9h0xssce"), enabled: false,
            mode: .shadow,
            currency: try CurrencyCode("KWD"), timeZone: try TimeZoneID("Europe/Zurich"),
            limits: [
                try SpendLimit(interval: .perAuthorization, amount: 1, count: nil),
                try SpendLimit(interval: .rolling(seconds: 90), amount: 1_234_567, count: 1_000_000),
                try SpendLimit(interval: .allTime, amount: nil, count: 0),
            ], counter: .perAgent, merchants: AllowBlock(allow: [try MerchantID("m_1"), try MerchantID("m_2")]),
            categories: AllowBlock(block: [try MerchantCategory("7995")]),
            countries: AllowBlock(allow: [try CountryCode("US")], block: [try CountryCode("KP")]),
            schedule: try Schedule(days: [.monday], from: TimeOfDay("22:00"), to: TimeOfDay("24:00")), approvalAbove: 0)
    }

    @Test("a policy that is shown in the form and saved again is the same policy")
    func roundTrip() throws {
        let terms = try Self.terms()
        let read = PolicyForm(terms).terms()
        #expect(read.errors.isEmpty)
        #expect(read.terms == terms)
    }

    @Test("every field that is wrong is named, and none of the others")
    func errors() throws {
        var form = PolicyForm(try Self.terms())
        form.name = ""
        form.currency = "XXX"
        form.timeZone = "Mars/Olympus"
        form.lists["categoriesBlock"] = "79956"
        form.to = ""
        #expect(Set(form.terms().errors.keys) == ["name", "currency", "timeZone", "categoriesBlock", "schedule"])
        form = PolicyForm(try Self.terms())
        form.approvalAbove = "0.0001"
        form.limits[1].length = ""
        form.limits[2].count = "many"
        #expect(Set(form.terms().errors.keys) == ["approvalAbove", "limit1", "limit2"])
    }

    @Test("versions differ where their terms do, and in nothing else")
    func differences() throws {
        let old = try Self.terms()
        var new = old
        new.approvalAbove = nil
        new.merchants = nil
        let changes = PolicyWords(old, agent: nil).differences(to: PolicyWords(new, agent: nil))
        #expect(changes.map(\.changeName) == ["Approval", "Only these merchants"])
        #expect(changes.map(\.changeNew) == ["not needed", "–"])
        #expect(PolicyWords(old, agent: nil).differences(to: PolicyWords(old, agent: nil)).isEmpty)
    }

    @Test("a policy's summary names what is on its lists, and its hours, in a few words")
    func summary() throws {
        func plain(_ terms: PolicyTerms) -> String {
            PolicyWords.summary(terms).filter { !["\u{2068}", "\u{2069}"].contains($0) }
                .replacing("\u{a0}", with: " ")
        }
        var terms = try Self.terms()
        terms.limits = []
        #expect(
            plain(terms)
                == "KWD without a limit; approval for every spend; only at m_1, m_2; never for category 7995; only in US; "
                + "never in KP; Mon, 22:00 to 24:00 (Europe/Zurich)")
        terms.approvalAbove = 1500
        terms.merchants = AllowBlock(block: Set(try (1...5).map { try MerchantID("m_\($0)") }))
        (terms.categories, terms.countries) = (AllowBlock(), nil)
        terms.schedule = try Schedule(
            days: [.monday, .tuesday, .wednesday, .thursday, .friday], from: .startOfDay, to: .endOfDay)
        #expect(
            plain(terms)
                == "KWD without a limit; approval above KWD 1.500; never at m_1, m_2, m_3 and 2 more; "
                + "Mon to Fri (Europe/Zurich)")
    }

    @Test(
        "days in a row are named by the first and the last",
        arguments: [
            ("MON TUE", "Mon, Tue"), ("MON TUE WED", "Mon to Wed"), ("MON WED FRI", "Mon, Wed, Fri"), ("", "no days"),
            ("SAT SUN MON", "Mon, Sat, Sun"), ("MON TUE WED THU FRI SAT SUN", "every day"), ("SUN", "Sun"),
        ])
    func days(_ names: String, _ words: String) throws {
        var terms = try Self.terms()
        let days = names.split(separator: " ").compactMap { Schedule.Day(rawValue: String($0)) }
        terms.schedule = try Schedule(days: Set(days), from: .startOfDay, to: TimeOfDay("12:30"))
        let said = PolicyWords(terms, agent: nil).terms.first { $0.termName == "Schedule" }?.termValue
        #expect(said == "\(words), 00:00 to 12:30")
    }
}
