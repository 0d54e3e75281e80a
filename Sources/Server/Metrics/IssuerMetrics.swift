import Issuer

/// What the issuer did: decisions, what became of them, where the time went.
///
/// No label names a company, an agent or a key: there may be any number of those, and none of them is an operator's
/// business.
final class IssuerMetrics: Observer {
    private struct Decided: Hashable {
        let decision: Decision
        let environment: Environment
    }

    private struct Reasoned: Hashable {
        let reason: ReasonCode
        let environment: Environment
    }

    private struct Resolved: Hashable {
        let outcome: Outcome
        let environment: Environment
    }

    private enum Outcome: String, CaseIterable {
        case confirmed, voided, expired
        case confirmedLate = "confirmed_late"
    }

    private static let environments = Environment.allCases

    private let decisions = PerCase(
        environments.flatMap { environment in
            Decision.allCases.map { Decided(decision: $0, environment: environment) }
        }, Counter.init)
    private let reasons = PerCase(
        environments.flatMap { environment in
            ReasonCode.allCases.map { Reasoned(reason: $0, environment: environment) }
        }, Counter.init)
    private let resolutions = PerCase(
        environments.flatMap { environment in
            Outcome.allCases.map { Resolved(outcome: $0, environment: environment) }
        }, Counter.init)
    private let stages = PerCase(Stage.allCases) { Histogram(Histogram.times) }
    private let apiKeyChecks = PerCase(APIKeyCheck.allCases, Counter.init)
    private let groupSizes = Histogram(Histogram.groupSizes)
    private let laneBusy = Counter()
    private let failedGroups = Counter()
    private let database = DatabaseMetrics()

    func decided(_ authorization: Authorization) {
        let environment = authorization.environment
        decisions[at: environment.position * Decision.allCases.count + authorization.decision.position].add()
        for reason in authorization.reasons {
            reasons[Reasoned(reason: reason.code, environment: environment)]?.add()
        }
    }

    func resolved(_ authorization: Authorization) {
        let outcome: Outcome
        switch authorization.status {
        case .confirmed: outcome = authorization.late ? .confirmedLate : .confirmed
        case .voided: outcome = .voided
        case .expired: outcome = .expired
        case .pending, .denied, .held: return
        }
        resolutions[Resolved(outcome: outcome, environment: authorization.environment)]?.add()
    }

    func spent(_ nanoseconds: Int64, in stage: Stage, requests: Int) {
        stages[at: stage.position].observe(nanoseconds, times: requests)
    }

    func committed(transactions: Int, nanoseconds: Int64, succeeded: Bool) {
        laneBusy.add(nanoseconds)
        if succeeded {
            groupSizes.observe(Int64(transactions))
        } else {
            failedGroups.add()
        }
    }

    func checkedAPIKey(_ check: APIKeyCheck) {
        apiKeyChecks[at: check.position].add()
    }

    func met(_ event: DatabaseEvent) {
        database.met(event)
    }
}

extension IssuerMetrics {
    func write(to page: inout Exposition) {
        page.family(
            "paitify_decisions_total", .counter,
            "Decisions that were recorded. A held request counts when it is held, and again when it is decided.")
        for (key, counter) in decisions.all {
            page.sample(
                counter, ["decision": key.decision.rawValue, "environment": key.environment.rawValue])
        }
        page.family(
            "paitify_decision_reasons_total", .counter,
            "Reasons of those decisions. A denial has every reason that holds, an approval none.")
        for (key, counter) in reasons.all {
            page.sample(counter, ["environment": key.environment.rawValue, "reason": key.reason.rawValue])
        }
        page.family(
            "paitify_reservations_ended_total", .counter,
            "What became of reservations. confirmed_late was confirmed after it had expired.")
        for (key, counter) in resolutions.all {
            page.sample(
                counter, ["environment": key.environment.rawValue, "outcome": key.outcome.rawValue])
        }
        page.family(
            "paitify_api_key_checks_total", .counter,
            "API keys that requests bore. remembered needed no bcrypt; busy was refused because too many waited.")
        for (check, counter) in apiKeyChecks.all { page.sample(counter, ["result": check.rawValue]) }
        page.family("paitify_lane_group_size", .histogram, "Transactions that one commit carried.")
        page.sample(groupSizes, unit: { .integer($0) })
        page.only(
            "paitify_lane_busy_seconds_total", .counter, "How long the lane has run transactions and committed.",
            .seconds(nanoseconds: laneBusy.value))
        page.only(
            "paitify_lane_failed_groups_total", .counter, "Groups of transactions that could not be committed.",
            .integer(failedGroups.value))
        database.write(to: &page)
    }

    /// The samples of the family that has every stage of a request.
    func writeStages(to page: inout Exposition) {
        for (stage, histogram) in stages.all { page.sample(histogram, ["stage": stage.rawValue]) }
    }
}

// Where each case stands in `allCases`.

extension Environment {
    fileprivate var position: Int {
        switch self {
        case .live: 0
        case .test: 1
        }
    }
}

extension Decision {
    fileprivate var position: Int {
        switch self {
        case .approved: 0
        case .denied: 1
        case .pendingApproval: 2
        }
    }
}

extension Stage {
    fileprivate var position: Int {
        switch self {
        case .lane: 0
        case .transaction: 1
        case .commit: 2
        case .sign: 3
        }
    }
}

extension APIKeyCheck {
    fileprivate var position: Int {
        switch self {
        case .remembered: 0
        case .verified: 1
        case .wrong: 2
        case .busy: 3
        case .failed: 4
        }
    }
}
