import POSIX
import PluginParts
import Verifier

/// Claims in memory that was taken when the table was made: entries by name, and by when they may be forgotten.
///
/// One thread at a time.
@safe final class ClaimTable {
    private struct Entry {
        let name: ClaimNames.Digest
        /// Zeros for nobody: no text has that digest.
        let transaction: ClaimNames.Digest
        let keepUntil: Int64
        /// The next entry of the same bucket, or `none`.
        var next: UInt32
    }

    private static let none = UInt32.max

    let capacity: Int
    private let bucketMask: Int
    private let entries: UnsafeMutablePointer<Entry>
    /// The first entry of each bucket.
    private let buckets: UnsafeMutablePointer<UInt32>
    /// The entries' numbers: those in use, as a heap whose first may be forgotten first; behind them, those not in use.
    private let order: UnsafeMutablePointer<UInt32>
    private(set) var count = 0

    /// What a table of so many claims takes.
    static func bytes(forCapacity capacity: Int) -> Int {
        capacity * (MemoryLayout<Entry>.stride + MemoryLayout<UInt32>.stride)
            + bucketCount(forCapacity: capacity) * MemoryLayout<UInt32>.stride
    }

    private static func bucketCount(forCapacity capacity: Int) -> Int {
        1 << (Int.bitWidth - (max(capacity, 2) - 1).leadingZeroBitCount)
    }

    /// Takes all of the memory now, and touches it: want of memory shows here, and never later. Throws `noMemory`.
    static func make(capacity: Int) throws(VerifyError) -> ClaimTable {
        guard let block = unsafe malloc(bytes(forCapacity: capacity)) else { throw VerifyError(.noMemory) }
        return unsafe ClaimTable(capacity: capacity, takingOwnershipOf: block)
    }

    private init(capacity: Int, takingOwnershipOf block: UnsafeMutableRawPointer) {
        let bucketCount = Self.bucketCount(forCapacity: capacity)
        self.capacity = capacity
        bucketMask = bucketCount - 1
        unsafe entries = block.bindMemory(to: Entry.self, capacity: capacity)
        let behind = unsafe block + capacity * MemoryLayout<Entry>.stride
        unsafe buckets = behind.bindMemory(to: UInt32.self, capacity: bucketCount)
        unsafe order = (behind + bucketCount * MemoryLayout<UInt32>.stride).bindMemory(
            to: UInt32.self, capacity: capacity)
        let empty = ClaimNames.Digest(repeating: 0)
        unsafe entries.initialize(
            repeating: Entry(name: empty, transaction: empty, keepUntil: 0, next: Self.none), count: capacity)
        unsafe buckets.initialize(repeating: Self.none, count: bucketCount)
        for number in 0..<capacity { unsafe (order + number).initialize(to: UInt32(number)) }
    }

    deinit {
        unsafe free(entries)
    }

    /// Who made the claim of that name: nil if there is none, zeros if nobody gave a name.
    func transaction(ofClaim name: ClaimNames.Digest) -> ClaimNames.Digest? {
        var number = unsafe buckets[bucket(of: name)]
        while number != Self.none {
            let entry = unsafe entries + Int(number)
            if unsafe entry.pointee.name.span.equals(name.span) { return unsafe entry.pointee.transaction }
            number = unsafe entry.pointee.next
        }
        return nil
    }

    /// Adds a claim whose name is not there. There has to be room.
    func insert(_ name: ClaimNames.Digest, transaction: ClaimNames.Digest, keepUntil: Int64) {
        let number = unsafe order[count]
        let bucket = bucket(of: name)
        unsafe entries[Int(number)] = Entry(
            name: name, transaction: transaction, keepUntil: keepUntil, next: buckets[bucket])
        unsafe buckets[bucket] = number
        count += 1
        rise(from: count - 1)
    }

    /// Until when the claim is to be kept that may be forgotten first; nil if there is none.
    var firstToForget: Int64? { count == 0 ? nil : keepUntil(at: 0) }

    /// Forgets that one.
    func forgetFirst() {
        let number = unsafe order[0]
        unlink(number)
        count -= 1
        unsafe order[0] = order[count]
        unsafe order[count] = number
        sink(from: 0)
    }

    private func bucket(of name: ClaimNames.Digest) -> Int {
        // A digest's bits are as good as any.
        var bits = 0
        for index in 0..<4 { bits = bits << 8 | Int(name[index]) }
        return bits & bucketMask
    }

    private func unlink(_ number: UInt32) {
        let next = unsafe entries[Int(number)].next
        let bucket = unsafe bucket(of: entries[Int(number)].name)
        if unsafe buckets[bucket] == number {
            unsafe buckets[bucket] = next
            return
        }
        var before = unsafe Int(buckets[bucket])
        while unsafe entries[before].next != number { before = unsafe Int(entries[before].next) }
        unsafe entries[before].next = next
    }

    // MARK: The heap

    private func keepUntil(at place: Int) -> Int64 { unsafe entries[Int(order[place])].keepUntil }

    private func rise(from start: Int) {
        var place = start
        while place > 0 {
            let above = (place - 1) / 2
            guard keepUntil(at: place) < keepUntil(at: above) else { return }
            swap(place, above)
            place = above
        }
    }

    private func sink(from start: Int) {
        var place = start
        while true {
            var least = place
            for below in 2 * place + 1...2 * place + 2 where below < count {
                if keepUntil(at: below) < keepUntil(at: least) { least = below }
            }
            guard least != place else { return }
            swap(place, least)
            place = least
        }
    }

    private func swap(_ one: Int, _ other: Int) {
        let number = unsafe order[one]
        unsafe order[one] = order[other]
        unsafe order[other] = number
    }
}
