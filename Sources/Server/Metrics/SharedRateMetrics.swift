import Synchronization

/// How requests were counted against rate limits that issuers share. Any thread; no lock.
final class SharedRateMetrics: Sendable {
    private let shared = Atomic(false)
    /// Times that the server was lost.
    let falls = Counter()
    /// Requests for which something was held here.
    let held = Counter()
    /// Requests for which the server was asked.
    let asked = Counter()
    /// Requests that this issuer counted by itself.
    let alone = Counter()

    /// Whether requests are counted together, now.
    var isShared: Bool { shared.load(ordering: .relaxed) }

    func set(shared isShared: Bool) { shared.store(isShared, ordering: .relaxed) }

    func write(to page: inout Exposition) {
        page.only(
            "paitify_rate_limits_shared", .gauge,
            "1 while issuers count requests together on Redis, 0 while each counts its own.",
            .integer(isShared ? 1 : 0))
        page.only(
            "paitify_rate_limits_fallbacks_total", .counter,
            "How often Redis was lost, and this issuer went on by itself.", .integer(falls.value))
        page.family(
            "paitify_rate_limits_counted_total", .counter,
            "Requests by who counted them: redis, held of what Redis had given before, or this issuer by itself.")
        page.sample(asked, ["by": "redis"])
        page.sample(held, ["by": "held"])
        page.sample(alone, ["by": "issuer"])
    }
}
