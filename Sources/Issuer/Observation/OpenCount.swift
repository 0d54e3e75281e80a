internal import Synchronization

/// How many authorizations are open, which takes a fifth of a second to count where there are a million: that figure then
/// serves for twenty seconds, so that counting takes a hundredth of one core at most, however often it is asked for.
///
/// Any thread. Of several that ask at once, each that finds the figure too old counts.
final class OpenCount: Sendable {
    /// How long a figure serves for each that was counted: a hundred times as long as counting one takes.
    static let nanosecondsEach: Int64 = 20_000
    /// So few are counted each time, which takes two milliseconds.
    static let few: Int64 = 10_000

    private let last = Mutex<(figure: OpenAuthorizations, goodUntil: Int64)?>(nil)
    private let uptime: @Sendable () -> Int64

    /// `uptime` gives nanoseconds, and never goes back.
    init(uptime: @escaping @Sendable () -> Int64) {
        self.uptime = uptime
    }

    func figure(_ counting: () async throws -> OpenAuthorizations) async throws -> OpenAuthorizations {
        let now = uptime()
        if let last = last.withLock(\.self), now < last.goodUntil { return last.figure }
        let figure = try await counting()
        let count = figure.pending + figure.held
        last.withLock { $0 = count <= Self.few ? nil : (figure, now + count * Self.nanosecondsEach) }
        return figure
    }
}
