import Logging

/// A number in a log line, which stays one in JSON.
struct JSONNumber: CustomStringConvertible, Sendable {
    let description: String

    init(_ integer: Int) {
        description = String(integer)
    }

    /// Nanoseconds as milliseconds, to the microsecond.
    init(millisecondsOf nanoseconds: Int64) {
        let (whole, rest) = (max(0, nanoseconds) / 1000).quotientAndRemainder(dividingBy: 1000)
        let fraction = String(rest)
        description = "\(whole).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)"
    }
}

extension Logger.MetadataValue {
    static func number(_ integer: Int) -> Self { .stringConvertible(JSONNumber(integer)) }

    static func milliseconds(ofNanoseconds nanoseconds: Int64) -> Self {
        .stringConvertible(JSONNumber(millisecondsOf: nanoseconds))
    }
}
