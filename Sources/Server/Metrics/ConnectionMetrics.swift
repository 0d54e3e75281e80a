/// Connections of clients. Any thread; no lock.
final class ConnectionMetrics: Sendable {
    private let opened = Counter()
    private let closed = Counter()

    func wasOpened() { opened.add() }
    func wasClosed() { closed.add() }

    /// `most` is how many there may be.
    func write(to page: inout Exposition, most: Int) {
        // Read first: it may grow meanwhile, but what is open is never less than nothing.
        let closed = closed.value
        page.only(
            "paitify_http_connections", .gauge, "Connections that are open.", .integer(opened.value - closed))
        page.only(
            "paitify_http_connections_max", .gauge, "How many connections may be open at once.", .integer(Int64(most)))
        page.only(
            "paitify_http_connections_accepted_total", .counter, "Connections that were accepted.",
            .integer(opened.value))
    }
}
