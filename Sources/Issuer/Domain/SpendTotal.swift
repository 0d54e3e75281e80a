/// Spends together, in one currency's minor units.
public struct SpendTotal: Sendable, Equatable {
    public var count: Int64 = 0
    public var amount: Int64 = 0
    /// The largest of them.
    public var largest: Int64 = 0

    public init(count: Int64 = 0, amount: Int64 = 0, largest: Int64 = 0) {
        (self.count, self.amount, self.largest) = (count, amount, largest)
    }

    mutating func add(_ other: SpendTotal) {
        count += other.count
        let (sum, overflows) = amount.addingReportingOverflow(other.amount)
        amount = overflows ? .max : sum
        largest = max(largest, other.largest)
    }
}
