import HTTPTypes
import Synchronization

/// Requests by route and status, and where the time goes before the issuer has them. Any thread; no lock but for
/// problems.
final class HTTPMetrics: Sendable {
    /// A stage of a request outside the issuer.
    enum Stage: String, CaseIterable {
        /// The body, from its first byte asked for to its last one read.
        case read
        /// The body's JSON.
        case parse
        case authenticate
        /// All of it, from the header read to the answer ready to be sent.
        case whole

        /// In `allCases`.
        fileprivate var position: Int {
            switch self {
            case .read: 0
            case .parse: 1
            case .authenticate: 2
            case .whole: 3
            }
        }
    }

    /// A method and a path's template, such as GET /v1/agents/{id}.
    struct Route: Hashable, Sendable {
        let method: String
        let template: String
    }

    /// What was answered on one route.
    private final class RouteCounts: Sendable {
        let statuses = statusCodes.map { _ in Counter() }
        let other = Counter()
        let duration = Histogram(Histogram.times)

        func counter(of status: Int) -> Counter {
            statusCodes.firstIndex(of: status).map { statuses[$0] } ?? other
        }

        var isUsed: Bool { other.value > 0 || statuses.contains { $0.value > 0 } }
    }

    private final class Table: Sendable {
        let counts: PerCase<Route, RouteCounts>

        init(_ routes: [Route]) {
            counts = PerCase(routes, RouteCounts.init)
        }
    }

    /// Every status that is answered.
    private static let statusCodes = [
        200, 201, 202, 204, 303, 304, 400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 417, 421, 422, 429, 431, 500,
        503, 505,
    ]
    /// Problems have one of a few codes; were there ever more than these, the rest would not be told apart.
    private static let problemCodesMax = 200

    private let table = AtomicLazyReference<Table>()
    /// Of requests that came to no route: a path that is not served, a header that breaks the rules.
    private let unrouted = RouteCounts()
    private let stages = PerCase(Stage.allCases) { Histogram(Histogram.times) }
    private let replays = Counter()
    private let problems = Mutex<[String: Int64]>([:])

    /// To be called once, with every route there is, before the first request.
    func settle(_ routes: [Route]) {
        _ = table.storeIfNil(Table(routes))
    }

    /// An answer is ready. `template` is nil where the request came to no route.
    func answered(_ method: HTTPRequest.Method, _ template: String?, status: Int, nanoseconds: Int64, isReplay: Bool) {
        let known = template.flatMap { table.load()?.counts[Route(method: method.rawValue, template: $0)] }
        let counts = known ?? unrouted
        counts.counter(of: status).add()
        counts.duration.observe(nanoseconds)
        stages[at: Stage.whole.position].observe(nanoseconds)
        if isReplay { replays.add() }
    }

    /// A connection was answered before anything of its request came to a route.
    func refused(status: Int) {
        unrouted.counter(of: status).add()
    }

    func spent(_ nanoseconds: Int64, in stage: Stage) {
        stages[at: stage.position].observe(nanoseconds)
    }

    /// A refusal takes a lock for the time of one addition; nothing that goes well does.
    func told(ofProblem code: String) {
        problems.withLock { problems in
            guard problems[code] != nil || problems.count < Self.problemCodesMax else { return }
            problems[code, default: 0] += 1
        }
    }
}

extension HTTPMetrics {
    func write(to page: inout Exposition) {
        let routes = (table.load()?.counts.all ?? []).filter(\.cell.isUsed)
        let all = routes.map { ($0.key, $0.cell) } + [(Route(method: "none", template: "none"), unrouted)]
        page.family(
            "paitify_http_requests_total", .counter,
            "Answers, by method, route and status. Route none: a path that is not served, or no readable request.")
        for (route, counts) in all {
            for (status, counter) in zip(
                Self.statusCodes.map(String.init) + ["other"], counts.statuses + [counts.other])
            where counter.value > 0 {
                page.sample(counter, ["method": route.method, "route": route.template, "status": status])
            }
        }
        page.family(
            "paitify_http_request_duration_seconds", .histogram,
            "From a request's header read to its answer ready to be sent.")
        for (route, counts) in all {
            page.sample(counts.duration, ["method": route.method, "route": route.template])
        }
        page.family(
            "paitify_http_problems_total", .counter,
            "Answers that were problems, by their code: RATE_LIMITED, BUSY, UNAUTHENTICATED and so on.")
        for (code, count) in problems.withLock(\.self).sorted(by: { $0.key < $1.key }) {
            page.sample(.integer(count), ["code": code])
        }
        page.only(
            "paitify_idempotent_replays_total", .counter, "Answers that were given again for an Idempotency-Key.",
            .integer(replays.value))
    }

    /// The samples of the family that has every stage of a request.
    func writeStages(to page: inout Exposition) {
        for (stage, histogram) in stages.all { page.sample(histogram, ["stage": stage.rawValue]) }
    }
}
