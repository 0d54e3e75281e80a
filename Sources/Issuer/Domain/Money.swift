/// An amount of one currency in its minor units (1999 is USD 19.99; 1999 is also JPY 1999). Never a fraction.
public struct Money: Hashable, Sendable, Codable {
    /// 2^53 - 1: the largest integer that every JSON reader in the world reads exactly (RFC 8259 section 6).
    public static let minorUnitsMax: Int64 = 9_007_199_254_740_991

    public let minorUnits: Int64
    public let currency: CurrencyCode

    /// Refuses an amount under 1 or over `minorUnitsMax`.
    public init(minorUnits: Int64, currency: CurrencyCode) throws(InvalidValue) {
        guard (1...Self.minorUnitsMax).contains(minorUnits) else {
            throw InvalidValue(
                code: .outOfRange,
                "must be an integer from 1 to \(Self.minorUnitsMax), in the currency's minor units")
        }
        self.minorUnits = minorUnits
        self.currency = currency
    }
}
