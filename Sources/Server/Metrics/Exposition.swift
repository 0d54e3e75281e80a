/// Metrics as text, in Prometheus's format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
struct Exposition {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""
    private var family = ""

    enum Kind: String {
        case counter, gauge, histogram
    }

    /// A value as it is printed.
    enum Value {
        case integer(Int64)
        /// Nanoseconds, printed as seconds.
        case seconds(nanoseconds: Int64)
        /// Milliseconds, printed as seconds.
        case secondsOf(milliseconds: Int64)

        fileprivate var text: String {
            switch self {
            case .integer(let value): String(value)
            case .seconds(let nanoseconds): Self.decimal(nanoseconds, digits: 9)
            case .secondsOf(let milliseconds): Self.decimal(milliseconds, digits: 3)
            }
        }

        private static func decimal(_ value: Int64, digits: Int) -> String {
            var scale: UInt64 = 1
            for _ in 0..<digits { scale *= 10 }
            let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: scale)
            let fraction = String(repeating: "0", count: digits - String(part).count) + String(part)
            return "\(value < 0 ? "-" : "")\(whole).\(fraction)"
        }
    }

    /// What the samples that follow belong to. `help` is one line without a backslash.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ value: Value, _ labels: KeyValuePairs<String, String> = [:]) {
        line("", labels.map { ($0.key, $0.value) }, value)
    }

    mutating func sample(_ counter: Counter, _ labels: KeyValuePairs<String, String> = [:]) {
        sample(.integer(counter.value), labels)
    }

    /// A family of one sample.
    mutating func only(_ name: String, _ kind: Kind, _ help: String, _ value: Value) {
        family(name, kind, help)
        sample(value)
    }

    /// `unit` prints bounds and sum.
    mutating func sample(
        _ histogram: Histogram, _ labels: KeyValuePairs<String, String> = [:],
        unit: (Int64) -> Value = { .seconds(nanoseconds: $0) }
    ) {
        let labels = labels.map { ($0.key, $0.value) }
        let (counts, sum) = histogram.snapshot
        var total: Int64 = 0
        for (count, bound) in zip(counts, histogram.bounds.map { Self.bound(unit($0)) } + ["+Inf"]) {
            total += count
            line("_bucket", labels + [("le", bound)], .integer(total))
        }
        line("_sum", labels, unit(sum))
        line("_count", labels, .integer(total))
    }

    /// Without zeroes at its end: a bound is part of a series' name.
    private static func bound(_ value: Value) -> String {
        var text = value.text[...]
        guard text.contains(".") else { return value.text }
        while text.hasSuffix("0") { text = text.dropLast() }
        return String(text.hasSuffix(".") ? text.dropLast() : text)
    }

    private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: Value) {
        text += family
        text += suffix
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value.text)\n"
    }

    static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
