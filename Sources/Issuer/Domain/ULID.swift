import Synchronization

/// 48 bits of milliseconds and 80 random bits, in 26 characters of Crockford's base 32 that sort as the values do.
///
/// https://github.com/ulid/spec, in lower case.
public struct ULID: Hashable, Sendable {
    static let textLength = 26
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    let high: UInt64
    let low: UInt64

    /// `milliseconds` since 1970, of which the low 48 bits count; `random` of which the low 80 bits count.
    init(milliseconds: Int64, randomHigh: UInt16, randomLow: UInt64) {
        high = UInt64(truncatingIfNeeded: milliseconds) << 16 | UInt64(randomHigh)
        low = randomLow
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    var text: String {
        // Every one of the capacity's bytes is written below, with ASCII.
        unsafe String(unsafeUninitializedCapacity: Self.textLength) { characters in
            var (high, low) = (high, low)
            for index in stride(from: Self.textLength - 1, through: 0, by: -1) {
                unsafe characters[index] = Self.alphabet[Int(low & 31)]
                low = low >> 5 | high << 59
                high >>= 5
            }
            return Self.textLength
        }
    }

    /// The next value: what a second identifier of one millisecond gets, so that order of making is order of sorting.
    var successor: ULID {
        let (next, carried) = low.addingReportingOverflow(1)
        return ULID(high: carried ? high &+ 1 : high, low: next)
    }

    /// Whether the byte is in the alphabet: no i, l, o or u.
    static func isCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: false
        }
    }

    static func < (left: ULID, right: ULID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// Where new identifiers come from. Production takes time and the system's randomness; tests count.
public struct IDGenerator: Sendable {
    private let make: @Sendable (Instant) -> ULID

    /// `make` must give a greater value at each call, also from several threads.
    public init(make: @escaping @Sendable (Instant) -> ULID) {
        self.make = make
    }

    func next<Kind>(at now: Instant) -> ID<Kind> {
        ID(make(now))
    }

    /// A number that was not given before, for the version of something remembered.
    func version(at now: Instant) -> Int64 {
        Int64(truncatingIfNeeded: make(now).low & UInt64(Int64.max))
    }

    /// Random identifiers that never go backwards in this process, even when the clock does.
    public static func random() -> IDGenerator {
        let latest = Mutex(ULID(milliseconds: 0, randomHigh: 0, randomLow: 0))
        return IDGenerator { now in
            let fresh = ULID(
                milliseconds: now.milliseconds, randomHigh: UInt16(truncatingIfNeeded: SecureRandom.number()),
                randomLow: SecureRandom.number())
            return latest.withLock { latest in
                latest = latest < fresh ? fresh : latest.successor
                return latest
            }
        }
    }
}
