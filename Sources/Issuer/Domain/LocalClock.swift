internal import Foundation

/// A zone's wall clock. UTC, by far the most used, is plain arithmetic; other zones ask Foundation's rules.
struct LocalClock {
    static let dayMilliseconds: Int64 = 86_400_000
    // No zone is as far as 26 hours from UTC.
    private static let offsetMax: Int64 = 26 * 3_600_000

    private let zone: TimeZone?

    /// Nil where this machine does not know the zone.
    init?(_ id: TimeZoneID) {
        if id == .utc {
            zone = nil
        } else if let known = TimeZone(identifier: id.text) {
            zone = known
        } else {
            return nil
        }
    }

    /// What the clock reads: days since 1970-01-01, and milliseconds since midnight.
    func reading(at instant: Instant) -> (day: Int64, milliseconds: Int64) {
        let local = local(at: instant.milliseconds)
        let day = local >= 0 ? local / Self.dayMilliseconds : (local - Self.dayMilliseconds + 1) / Self.dayMilliseconds
        return (day, local - day * Self.dayMilliseconds)
    }

    /// The first instant of a local date: midnight; where clocks skip it, the jump; where a whole day is skipped (Samoa,
    /// 30 December 2011), the first instant after it.
    func startOfDay(_ date: CivilDate) -> Instant {
        // Always at least one.
        instants(reading: date.daysSince1970 * Self.dayMilliseconds)[0]
    }

    /// When the clock reads so many milliseconds since 1970-01-01 00:00, earliest first: once; twice, where it is set back
    /// over that; where it skips that, the instant of the jump.
    func instants(reading local: Int64) -> [Instant] {
        guard zone != nil else { return [Instant(milliseconds: local)] }
        let offsets = [offset(at: local - Self.dayMilliseconds), offset(at: local + Self.dayMilliseconds)]
        let readings = Set(offsets).map { local - $0 }.filter { isArrival($0, at: local) }.sorted()
        guard readings.isEmpty else { return readings.map(Instant.init(milliseconds:)) }
        var (before, after) = (local - Self.offsetMax, local + Self.offsetMax)
        while after - before > 1 {
            let middle = before + (after - before) / 2
            if self.local(at: middle) >= local { after = middle } else { before = middle }
        }
        return [Instant(milliseconds: after)]
    }

    /// When the clock is set on or back, earliest first: at most one in a day.
    func changes(after start: Instant, before end: Instant) -> [Instant] {
        guard zone != nil else { return [] }
        var changes: [Instant] = []
        for day in stride(from: start.milliseconds, to: end.milliseconds, by: Int(Self.dayMilliseconds)) {
            var (before, after) = (day, min(day + Self.dayMilliseconds, end.milliseconds - 1))
            let offset = offset(at: before)
            guard self.offset(at: after) != offset else { continue }
            while after - before > 1 {
                let middle = before + (after - before) / 2
                if self.offset(at: middle) == offset { before = middle } else { after = middle }
            }
            changes.append(Instant(milliseconds: after))
        }
        return changes
    }

    private func isArrival(_ milliseconds: Int64, at local: Int64) -> Bool {
        self.local(at: milliseconds) >= local && self.local(at: milliseconds - 1) < local
    }

    private func local(at milliseconds: Int64) -> Int64 {
        milliseconds + offset(at: milliseconds)
    }

    private func offset(at milliseconds: Int64) -> Int64 {
        guard let zone else { return 0 }
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return Int64(zone.secondsFromGMT(for: date)) * 1000
    }
}
