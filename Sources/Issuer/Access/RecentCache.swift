/// A dictionary that never holds more than its capacity: what has not been asked for lately makes room.
///
/// The clock algorithm: a hand goes round the entries, spares each that was asked for since it last passed, and takes the
/// first that was not. Looking up and inserting take constant time on average.
package struct RecentCache<Key: Hashable, Value> {
    private struct Entry {
        let key: Key
        var value: Value
        var isRecent: Bool
    }

    private let capacity: Int
    private var entries: [Entry] = []
    private var positions: [Key: Int] = [:]
    private var hand = 0

    /// `capacity` is at least 1.
    package init(capacity: Int) {
        precondition(capacity >= 1)
        self.capacity = capacity
    }

    package var count: Int { entries.count }

    /// The value, which counts as asked for.
    package mutating func value(for key: Key) -> Value? {
        guard let position = positions[key] else { return nil }
        entries[position].isRecent = true
        return entries[position].value
    }

    /// Changes the value of a key that is there; does nothing for any other.
    package mutating func update(_ key: Key, to value: Value) {
        if let position = positions[key] { entries[position].value = value }
    }

    /// Gives the value that made room, if one had to.
    @discardableResult
    package mutating func insert(_ value: Value, for key: Key) -> Value? {
        guard positions[key] == nil else {
            update(key, to: value)
            return nil
        }
        let entry = Entry(key: key, value: value, isRecent: false)
        guard entries.count == capacity else {
            positions[key] = entries.count
            entries.append(entry)
            return nil
        }
        while entries[hand].isRecent {
            entries[hand].isRecent = false
            advance()
        }
        let leaving = entries[hand]
        positions[leaving.key] = nil
        positions[key] = hand
        entries[hand] = entry
        advance()
        return leaving.value
    }

    package mutating func remove(_ key: Key) {
        guard let position = positions.removeValue(forKey: key), let last = entries.popLast() else { return }
        // The last entry takes the place that became free, unless it was its own.
        if position < entries.count {
            entries[position] = last
            positions[last.key] = position
        }
        if hand >= entries.count { hand = 0 }
    }

    private mutating func advance() {
        hand = (hand + 1) % entries.count
    }
}
