import Issuer

/// A policy as a form has it: every field as it was written, so that what is wrong can be shown beside it.
struct PolicyForm {
    struct Limit {
        var interval = "DAILY"
        var amount = ""
        var count = ""
        var length = ""

        var isEmpty: Bool { amount.isEmpty && count.isEmpty && length.isEmpty }
    }

    /// The allow and block lists, by the names of their fields.
    static let listNames = [
        "merchantsAllow", "merchantsBlock", "categoriesAllow", "categoriesBlock", "countriesAllow", "countriesBlock",
    ]
    static let limitsMax = 20

    var name = ""
    var agent = ""
    var counter = PolicyTerms.CounterScope.shared.rawValue
    var mode = PolicyTerms.Mode.enforce.rawValue
    var enabled = true
    var currency = "USD"
    var timeZone = TimeZoneID.utc.text
    var limits: [Limit] = []
    var approvalAbove = ""
    var lists: [String: String] = [:]
    var days: Set<String> = []
    var from = ""
    var to = ""

    init() {}

    init(_ form: FormFields) throws {
        name = try form.text("name")
        agent = try form.text("agent")
        counter = try form.text("counter")
        mode = try form.text("mode")
        enabled = try form.text("enabled") == "yes"
        currency = try form.text("currency").trimmed.uppercased()
        timeZone = try form.text("timeZone").trimmed
        approvalAbove = try form.text("approvalAbove").trimmed
        for name in Self.listNames { lists[name] = try form.text(name) }
        days = Set(form.all("day"))
        (from, to) = (try form.text("from").trimmed, try form.text("to").trimmed)
        let columns = ["limitAmount", "limitCount", "limitLength"].map { form.all($0).map(\.trimmed) }
        limits = form.all("interval").prefix(Self.limitsMax).enumerated().map { index, interval in
            func cell(_ column: Int) -> String { columns[column].indices.contains(index) ? columns[column][index] : "" }
            return Limit(interval: interval, amount: cell(0), count: cell(1), length: cell(2))
        }
    }

    /// A policy as it stands, to be changed.
    init(_ terms: PolicyTerms) {
        name = terms.name.text
        agent = terms.agentID?.text ?? ""
        counter = terms.counter.rawValue
        mode = terms.mode.rawValue
        enabled = terms.enabled
        currency = terms.currency.text
        timeZone = terms.timeZone.text
        limits = terms.limits.map { limit in
            Limit(
                interval: limit.interval.name,
                amount: limit.amount.map { MoneyText.figure($0, terms.currency) } ?? "",
                count: limit.count.map(MoneyText.count) ?? "",
                length: limit.interval.seconds.map(RollingLength.text) ?? "")
        }
        approvalAbove = terms.approvalAbove.map { MoneyText.figure($0, terms.currency) } ?? ""
        write("merchants", terms.merchants)
        write("categories", terms.categories)
        write("countries", terms.countries)
        days = Set((terms.schedule?.days ?? []).map(\.rawValue))
        (from, to) = (terms.schedule?.from.text ?? "", terms.schedule?.to.text ?? "")
    }

    private mutating func write<Item>(_ name: String, _ items: AllowBlock<Item>?) {
        lists["\(name)Allow"] = (items?.allow ?? []).map(\.text).sorted().joined(separator: "\n")
        lists["\(name)Block"] = (items?.block ?? []).map(\.text).sorted().joined(separator: "\n")
    }
}

extension String {
    /// Without the white space around it.
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}

/// How long a rolling limit looks back: `90 s`, `45 min`, `24 h`, `7 d`; a bare number is minutes.
enum RollingLength {
    private static let units: [(name: String, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]

    static func text(_ seconds: Int64) -> String {
        let unit = units.first { seconds % $0.seconds == 0 } ?? ("s", 1)
        return "\(seconds / unit.seconds) \(unit.name)"
    }

    static func seconds(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = String(text.dropFirst(digits.count)).trimmed.lowercased()
        let unit = name.isEmpty ? 60 : units.first { $0.name == name }?.seconds
        guard let number = Int64(digits), let unit else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        return !overflow && Interval.rollingSecondsRange.contains(seconds) ? seconds : nil
    }
}
