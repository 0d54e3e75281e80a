/// How long a limit counts before it begins again.
public enum Interval: Hashable, Sendable {
    case perAuthorization
    case daily
    case weekly
    case monthly
    case yearly
    case allTime
    /// So many seconds up to this very instant: each spend counts until it is that old.
    case rolling(seconds: Int64)

    /// A rolling interval's length: a minute to 31 days.
    public static let rollingSecondsRange: ClosedRange<Int64> = 60...2_678_400

    /// As the API names it.
    public var name: String {
        switch self {
        case .perAuthorization: "PER_AUTHORIZATION"
        case .daily: "DAILY"
        case .weekly: "WEEKLY"
        case .monthly: "MONTHLY"
        case .yearly: "YEARLY"
        case .allTime: "ALL_TIME"
        case .rolling: Self.rollingName
        }
    }

    /// Nil for all but a rolling interval.
    public var seconds: Int64? {
        if case .rolling(let seconds) = self { seconds } else { nil }
    }

    public static let rollingName = "ROLLING"
    private static let withoutLength: [Interval] = [.perAuthorization, .daily, .weekly, .monthly, .yearly, .allTime]
    /// Every name there is.
    public static let names = withoutLength.map(\.name) + [rollingName]

    /// Nil for a name that there is not, and for a rolling interval without its length.
    public init?(name: String, seconds: Int64? = nil) {
        if name == Self.rollingName {
            guard let seconds, Self.rollingSecondsRange.contains(seconds) else { return nil }
            self = .rolling(seconds: seconds)
        } else if let interval = Self.withoutLength.first(where: { $0.name == name }) {
            self = interval
        } else {
            return nil
        }
    }
}

/// In the store: `DAILY`, `ROLLING 3600`.
extension Interval: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let words = try container.decode(String.self).split(separator: " ")
        guard let name = words.first,
            let interval = Interval(name: String(name), seconds: words.dropFirst().first.flatMap { Int64($0) })
        else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an interval") }
        self = interval
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(stored)
    }

    var stored: String { seconds.map { "\(name) \($0)" } ?? name }
}
