import NIOCore

/// The process's environment, with a `.env` file's values for what the environment does not set.
final class Variables {
    private let values: [String: String]
    /// The names that somebody wanted the value of.
    private(set) var asked: Set<String> = []

    init(environment: [String: String], dotEnv: String? = nil) {
        values = environment.merging(dotEnv.map(DotEnv.parse) ?? [:]) { set, _ in set }
    }

    /// Every name that is set, in alphabetical order.
    var names: [String] { values.keys.sorted() }

    /// Nil where the variable is unset or empty.
    subscript(_ name: String) -> String? {
        asked.insert(name)
        return values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func read<Value>(
        _ name: String, _ expected: String, _ value: inout Value, _ parse: (String) -> Value?
    ) throws(ConfigurationError) {
        guard let text = self[name] else { return }
        guard let parsed = parse(text) else { throw error(name, expected) }
        value = parsed
    }

    /// The same for what may be unset. Without it, a nil that `parse` gave would be taken for the value.
    func read<Value>(
        _ name: String, _ expected: String, _ value: inout Value?, _ parse: (String) -> Value?
    ) throws(ConfigurationError) {
        guard let text = self[name] else { return }
        guard let parsed = parse(text) else { throw error(name, expected) }
        value = parsed
    }

    func check(_ name: String, _ expected: String, _ holds: (String) -> Bool) throws(ConfigurationError) {
        if let text = self[name], !holds(text) { throw error(name, expected) }
    }

    func readInteger(_ name: String, _ range: ClosedRange<Int>, _ value: inout Int) throws(ConfigurationError) {
        try read(name, "an integer from \(range.lowerBound) to \(range.upperBound)", &value) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func readSeconds(_ name: String, _ range: ClosedRange<Int64>, _ value: inout Int64) throws(ConfigurationError) {
        let expected =
            "seconds from \(range.lowerBound) to \(range.upperBound), or minutes, hours or days as in 15m, 12h, 30d"
        try read(name, expected, &value) { text in
            Self.seconds(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func readTime(_ name: String, _ value: inout TimeAmount) throws(ConfigurationError) {
        var seconds = value.nanoseconds / 1_000_000_000
        try readSeconds(name, 1...3600, &seconds)
        value = .seconds(seconds)
    }

    /// Says what the value looks like without saying what it is.
    func error(_ name: String, _ expected: String) -> ConfigurationError {
        let text = self[name] ?? ""
        let kind = Int64(text) != nil ? "an integer" : "text"
        return ConfigurationError(
            variable: name, expected: expected,
            shape: text.isEmpty ? "nothing" : "\(kind) of \(text.count) character\(text.count == 1 ? "" : "s")")
    }

    private static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last] else { return Int64(text) }
        guard let number = Int64(text.dropLast()) else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow ? nil : seconds
    }
}
