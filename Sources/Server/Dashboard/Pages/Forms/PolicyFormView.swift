import Issuer

/// `f` in policy-form.mustache: the form as it is shown, with what is wrong beside each field.
struct PolicyFormView {
    struct LimitView {
        let limitNumber: Int
        let intervals: [Choice]
        let limitAmount: String
        let limitCount: String
        let limitLength: String
        let limitError: String?
    }

    struct ListView {
        let listName: String
        let listLabel: String
        let listExample: String
        let listText: String
        let listError: String?
    }

    let name: String
    let nameError: String?
    let agents: [Choice]
    let counters: [Choice]
    let modes: [Choice]
    let enabled: Bool
    let currency: String
    let currencyError: String?
    let currencies = CurrencyCode.allTexts
    let timeZone: String
    let timeZoneError: String?
    let approvalAbove: String
    let approvalError: String?
    let limits: [LimitView]
    let lists: [ListView]
    let days: [Choice]
    let from: String
    let to: String
    let scheduleError: String?

    private static let listWords: [(label: String, example: String)] = [
        ("Only these merchants", "m_aws"), ("Never these merchants", "m_casino"),
        ("Only these categories (MCC)", "5734"), ("Never these categories (MCC)", "7995"),
        ("Only these countries", "US"), ("Never these countries", "KP"),
    ]
    private static let intervalWords = [
        "PER_AUTHORIZATION": "Per spend", "DAILY": "Daily", "WEEKLY": "Weekly", "MONTHLY": "Monthly",
        "YEARLY": "Yearly", "ALL_TIME": "All time", Interval.rollingName: "Rolling",
    ]

    /// `emptyRows` limits to be filled in follow those that are there.
    init(_ form: PolicyForm, errors: PolicyForm.Errors, agents: [Choice], emptyRows: Int) {
        func sentence(_ field: String) -> String? { errors[field].map { "It \($0)." } }
        name = form.name
        nameError = sentence("name")
        self.agents = agents
        counters = Choice.all(PolicyTerms.CounterScope(rawValue: form.counter)) {
            $0 == .shared ? "All agents' spends together" : "Each agent's spends separately"
        }
        modes = Choice.all(PolicyTerms.Mode(rawValue: form.mode)) {
            $0 == .enforce ? "Enforced" : "Shadow: only records"
        }
        enabled = form.enabled
        (currency, currencyError) = (form.currency, sentence("currency"))
        (timeZone, timeZoneError) = (form.timeZone, sentence("timeZone"))
        (approvalAbove, approvalError) = (form.approvalAbove, sentence("approvalAbove"))
        let empty = max(0, min(emptyRows, PolicyForm.limitsMax - form.limits.count))
        let rows = form.limits + Array(repeating: PolicyForm.Limit(), count: empty)
        limits = rows.enumerated().map { index, limit in
            LimitView(
                limitNumber: index + 1,
                intervals: Interval.names.map {
                    Choice(value: $0, text: Self.intervalWords[$0] ?? $0, isChosen: $0 == limit.interval)
                },
                limitAmount: limit.amount, limitCount: limit.count, limitLength: limit.length,
                limitError: sentence("limit\(index)"))
        }
        lists = zip(PolicyForm.listNames, Self.listWords).map { name, words in
            ListView(
                listName: name, listLabel: words.label, listExample: words.example, listText: form.lists[name] ?? "",
                listError: errors[name].map { "\($0)." })
        }
        days = Schedule.Day.allCases.map {
            Choice(value: $0.rawValue, text: $0.word, isChosen: form.days.contains($0.rawValue))
        }
        (from, to, scheduleError) = (form.from, form.to, sentence("schedule"))
    }
}
