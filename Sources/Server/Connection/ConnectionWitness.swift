/// Who is told what becomes of connections, so that it is counted and written down. Called on event loops.
struct ConnectionWitness: Sendable {
    var opened: @Sendable () -> Void = {}
    var closed: @Sendable () -> Void = {}
    /// A connection was answered by its guard: the application never saw the request. The second is its request ID.
    var refused: @Sendable (Problem, String) -> Void = { _, _ in }
}
