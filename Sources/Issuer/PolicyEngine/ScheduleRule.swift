/// When spends may happen.
enum ScheduleRule {
    static func refusals(by policy: Policy, at now: Instant) -> [Reason] {
        let terms = policy.terms
        guard let schedule = terms.schedule else { return [] }
        guard let clock = LocalClock(terms.timeZone) else {
            // A policy that cannot be evaluated denies.
            return [
                Reason(
                    code: .policyError, policyID: policy.id,
                    message: "\"\(terms.name.text)\" cannot be evaluated: this machine does not know the time zone "
                        + "\(terms.timeZone.text).")
            ]
        }
        guard !schedule.isOpen(at: now, by: clock) else { return [] }
        return [
            Reason(
                code: .outsideSchedule, policyID: policy.id,
                message: "\"\(terms.name.text)\" allows spends \(schedule.phrase) in \(terms.timeZone.text).",
                opensAt: schedule.opening(after: now, by: clock))
        ]
    }
}

extension Schedule {
    fileprivate var phrase: String {
        guard !days.isEmpty else { return "on no days" }
        let names = Day.allCases.filter(days.contains).map(\.rawValue).joined(separator: ", ")
        return "on \(names) from \(from.text) to \(to.text)"
    }
}
