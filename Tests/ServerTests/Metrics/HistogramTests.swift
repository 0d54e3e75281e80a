import Testing

@testable import Server

@Suite struct `A histogram` {
    @Test func `puts a value into the first bucket whose bound it does not pass`() {
        let histogram = Histogram([10, 20])
        for value: Int64 in [0, 10, 11, 20, 21, 1_000_000] { histogram.observe(value) }
        histogram.observe(15, times: 3)
        #expect(histogram.snapshot.counts == [2, 5, 2])
        #expect(histogram.snapshot.sum == 0 + 10 + 11 + 20 + 21 + 1_000_000 + 45)
    }

    @Test func `loses nothing, whoever counts at the same time`() async {
        let histogram = Histogram([10, 20])
        await withTaskGroup(of: Void.self) { group in
            for worker: Int64 in 0..<8 {
                group.addTask { for _ in 0..<10_000 { histogram.observe(worker * 5) } }
            }
        }
        #expect(histogram.snapshot.counts == [30_000, 20_000, 30_000])
        #expect(histogram.snapshot.sum == 10_000 * 5 * 28)
    }

    @Test("the bounds ascend", arguments: [Histogram.times, Histogram.groupSizes])
    func bounds(bounds: [Int64]) {
        #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
    }
}
