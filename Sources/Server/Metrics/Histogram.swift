/// How often a value was at most each of some bounds. Any thread; two atomic additions, and no lock.
final class Histogram: Sendable {
    /// Upper bounds, ascending; beyond the last there is one more bucket.
    let bounds: [Int64]
    private let counts: [Counter]
    private let total = Counter()

    init(_ bounds: [Int64]) {
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Counter() }
    }

    /// `times` observations of the same value.
    func observe(_ value: Int64, times: Int = 1) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[index].add(Int64(times))
        total.add(value * Int64(times))
    }

    /// The buckets as they are, each for itself; the count of all is their sum, so that the two never contradict.
    var snapshot: (counts: [Int64], sum: Int64) { (counts.map(\.value), total.value) }

    /// Bounds for times, in nanoseconds: from 50 µs to 10 s.
    static let times: [Int64] = [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// Bounds for how many transactions one commit carries; a group has at most 128.
    static let groupSizes: [Int64] = [1, 2, 4, 8, 16, 32, 64, 128]
}
