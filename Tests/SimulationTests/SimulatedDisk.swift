/// A disk in memory. Like a real one it keeps what was flushed; what was written since then may be lost, any part of it,
/// when the power fails.
///
/// Unchecked: one history after the other has it for itself, and within one only its connection's current piece of work.
final class SimulatedDisk: @unchecked Sendable {
    /// What its files held when the power failed.
    typealias Image = [String: [UInt8]]

    let number: Int
    private var files: [String: SimulatedFile] = [:]
    /// Called before each write and each flush: the power may fail there. False: the disk refuses it.
    var beforeChange: () -> Bool = { true }

    init(number: Int) { self.number = number }

    /// What is left of the files. `survivors` tells, bit by bit, which of the writes that were not flushed have reached the
    /// disk all the same.
    func image(survivors: UInt64) -> Image { files.mapValues { $0.left(survivors) } }

    /// The power is back: the files are as they were left, also those that are open.
    func load(_ image: Image) {
        for (name, file) in files { file.load(image[name] ?? []) }
        for (name, bytes) in image { file(name).load(bytes) }
    }

    func file(_ name: String) -> SimulatedFile {
        if let known = files[name] { return known }
        let made = SimulatedFile(self)
        files[name] = made
        return made
    }

    func holds(_ name: String) -> Bool { files[name] != nil }

    func remove(_ name: String) { files[name] = nil }
}

/// A file, and the memory that those who have it open share.
final class SimulatedFile {
    /// A write that was not flushed.
    private struct Write {
        let place: Range<Int>
        /// What was there before, at most as long as `place`; the file ended where it ends.
        let before: [UInt8]
    }

    private unowned let disk: SimulatedDisk
    private(set) var bytes: [UInt8] = []
    private var unflushed: [Write] = []
    private let shared = SharedMemory()

    fileprivate init(_ disk: SimulatedDisk) { self.disk = disk }

    /// Whether it was written.
    func write(_ new: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard disk.beforeChange() else { return false }
        if bytes.count < offset { bytes += repeatElement(0, count: offset - bytes.count) }
        let place = offset..<offset + new.count
        let over = min(new.count, bytes.count - offset)
        // A copy: the array must have no other owner when it is written to.
        unflushed.append(Write(place: place, before: Array(bytes[offset..<offset + over])))
        unsafe put(new, at: place, over: over)
        return true
    }

    /// SQLite shortens a file only where what it held is elsewhere on the disk.
    func truncate(to length: Int) -> Bool {
        guard disk.beforeChange() else { return false }
        unflushed.removeAll { $0.place.upperBound > length }
        if bytes.count > length { bytes.removeLast(bytes.count - length) }
        return true
    }

    /// Whether it was flushed; what was not may be on the disk all the same.
    func flush() -> Bool {
        guard disk.beforeChange() else { return false }
        unflushed.removeAll(keepingCapacity: true)
        return true
    }

    func memory(_ region: Int, size: Int) -> UnsafeMutableRawPointer { unsafe shared.region(region, size: size) }

    /// `over`: so many of the bytes replace others.
    private func put(_ new: UnsafeRawBufferPointer, at place: Range<Int>, over: Int) {
        if over == 0 { return unsafe bytes.append(contentsOf: new) }
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe bytes[place.lowerBound..<place.lowerBound + over].copyBytes(from: new[..<over])
        }
        if over < new.count { unsafe bytes.append(contentsOf: new[over...]) }
    }

    /// All writes undone, and then those that survived done again.
    fileprivate func left(_ survivors: UInt64) -> [UInt8] {
        var left = bytes
        var after: [[UInt8]] = []
        for write in unflushed.reversed() {
            after.append(Array(left[write.place]))
            let end = write.place.lowerBound + write.before.count
            left.replaceSubrange(write.place.lowerBound..<end, with: write.before)
            if end < write.place.upperBound { left.removeLast(left.count - end) }
        }
        for (number, (write, new)) in zip(unflushed, after.reversed()).enumerated()
        where survivors >> UInt64(number % 64) & 1 == 1 {
            let (start, end) = (write.place.lowerBound, write.place.upperBound)
            if left.count < end { left += repeatElement(0, count: end - left.count) }
            left.replaceSubrange(start..<end, with: new)
        }
        return left
    }

    /// With the shared memory empty SQLite knows nothing of the file any more, and recovers it as a process that starts.
    fileprivate func load(_ left: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes += left
        unflushed.removeAll(keepingCapacity: true)
        shared.clear()
    }
}

/// What SQLite's connections to a file share: the index of the write-ahead log. Addresses stay as long as the file.
@safe private final class SharedMemory {
    private var regions: [UnsafeMutableRawBufferPointer] = unsafe []

    func region(_ number: Int, size: Int) -> UnsafeMutableRawPointer {
        while unsafe regions.count <= number {
            let fresh = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
            unsafe fresh.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe regions.append(fresh)
        }
        return unsafe regions[number].baseAddress!
    }

    func clear() {
        unsafe regions.forEach { unsafe $0.initializeMemory(as: UInt8.self, repeating: 0) }
    }

    deinit { unsafe regions.forEach { unsafe $0.deallocate() } }
}
