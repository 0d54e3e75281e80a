import Verifier

/// What an outside verifier got wrong, grouped by the kind of mistake.
struct ConformanceReport: Sendable {
    struct Finding: Sendable {
        let name: String
        let expected: VerificationStatus
        let answer: ConformanceAnswer
    }

    private(set) var asked = 0
    private(set) var findings: [ConformanceMistake: [Finding]] = [:]
    private let verdicts: Bool

    /// `verdicts`: only verdicts are compared.
    init(verdicts: Bool) { self.verdicts = verdicts }

    mutating func note(_ row: ConformanceCase, _ answer: ConformanceAnswer) {
        asked += 1
        guard let mistake = ConformanceMistake(expected: row.expected, answer: answer, verdicts: verdicts) else {
            return
        }
        findings[mistake, default: []].append(Finding(name: row.name, expected: row.expected, answer: answer))
    }

    var wrong: Int { findings.values.reduce(0) { $0 + $1.count } }

    /// The table. Of each pair of expected and answered it names so many cases; nil names all.
    func text(namesShown: Int?) -> String {
        var lines = ["\(asked) cases: \(asked - wrong) right, \(wrong) wrong", ""]
        for mistake in ConformanceMistake.allCases where !(verdicts && mistake == .wrongCode) {
            let count = "\(findings[mistake]?.count ?? 0)"
            lines.append(String(repeating: " ", count: max(0, 6 - count.count)) + count + "  " + mistake.sentence)
        }
        for mistake in ConformanceMistake.allCases {
            guard let found = findings[mistake] else { continue }
            lines += ["", mistake.sentence.prefix(1).uppercased() + mistake.sentence.dropFirst() + ":"]
            for (heading, names) in pairs(found) {
                lines.append("  \(heading): \(names.count)")
                let shown = namesShown.map { names.prefix($0) } ?? names[...]
                lines += shown.map { "    \($0)" }
                if shown.count < names.count { lines.append("    and \(names.count - shown.count) more") }
            }
        }
        return lines.joined(separator: "\n")
    }

    /// The names by what was expected and what was said, the most frequent first.
    private func pairs(_ found: [Finding]) -> [(heading: String, names: [String])] {
        var names: [String: [String]] = [:]
        for finding in found {
            names["\(finding.expected.name), answered \(finding.answer)", default: []].append(finding.name)
        }
        return names.map { (heading: $0.key, names: $0.value) }
            .sorted { ($1.names.count, $0.heading) < ($0.names.count, $1.heading) }
    }
}
