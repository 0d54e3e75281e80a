/// Members of one name, in objects that have more members than are compared as they are read.
extension JSONReader {
    /// Throws `duplicateMember` if an object with more than `comparedMembersMax` members has two of one name, with the
    /// place of the later one. To be called when all is on the tape.
    ///
    /// The names are sorted: whoever chose them, there are n log n comparisons.
    func refuseRepeatedNames() throws(JSONFault) {
        guard let start = unsafe nodes.baseAddress else { return }
        let tape = unsafe JSONTape(text: text, unescaped: unescaped, nodes: start)
        for index in 0..<nodeCount {
            let object = JSONTapeValue(tape: tape, index: index)
            guard object.kind == .object, object.count > Self.comparedMembersMax else { continue }
            // A member has two entries on the tape, and takes at least five bytes of the text, for which there is room for
            // two entries and a half: so its index fits behind the tape's end.
            let room = unsafe UnsafeMutableRawBufferPointer(
                UnsafeMutableBufferPointer(rebasing: nodes[nodeCount...]))
            guard room.count >= object.count * NamesToSort.size else { throw fault(.tapeFull) }
            var names = unsafe NamesToSort(tape: tape, room: room)
            for (name, _) in object.members { names.append(name.index) }
            names.sort()
            // After the quote the name begins, and the member with the quote.
            if let name = names.laterOfTwoEqual() {
                throw JSONFault(kind: .duplicateMember, offset: name.textOffset - 1)
            }
        }
    }
}

/// Names on a tape, by their indices.
@safe private struct NamesToSort {
    static let size = MemoryLayout<UInt32>.stride

    let tape: JSONTape
    private let room: UnsafeMutableRawBufferPointer
    private var count = 0

    /// - Parameter room: `size` bytes for each name that will be appended.
    init(tape: JSONTape, room: UnsafeMutableRawBufferPointer) {
        self.tape = tape
        unsafe self.room = room
    }

    mutating func append(_ index: Int) {
        unsafe room.storeBytes(of: UInt32(truncatingIfNeeded: index), toByteOffset: count * Self.size, as: UInt32.self)
        count += 1
    }

    /// Heapsort: in place, and never more than n log n steps.
    func sort() {
        for root in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(from: root, end: count) }
        for end in stride(from: count - 1, to: 0, by: -1) {
            swap(0, end)
            siftDown(from: 0, end: end)
        }
    }

    /// Of two equal names, which are neighbours once all are sorted, the one that comes later in the document.
    func laterOfTwoEqual() -> JSONTapeValue? {
        for place in stride(from: 1, to: count, by: 1) {
            let (one, other) = (name(at: place - 1), name(at: place))
            if unsafe one.utf8.span.equals(other.utf8.span) { return one.index > other.index ? one : other }
        }
        return nil
    }

    private func siftDown(from root: Int, end: Int) {
        var root = root
        while 2 * root + 1 < end {
            var child = 2 * root + 1
            if child + 1 < end, isLess(child, child + 1) { child += 1 }
            guard isLess(root, child) else { return }
            swap(root, child)
            root = child
        }
    }

    private func index(at place: Int) -> UInt32 {
        unsafe room.loadUnaligned(fromByteOffset: place * Self.size, as: UInt32.self)
    }

    private func name(at place: Int) -> JSONTapeValue { JSONTapeValue(tape: tape, index: Int(index(at: place))) }

    private func swap(_ place: Int, _ other: Int) {
        let (one, another) = (index(at: place), index(at: other))
        unsafe room.storeBytes(of: another, toByteOffset: place * Self.size, as: UInt32.self)
        unsafe room.storeBytes(of: one, toByteOffset: other * Self.size, as: UInt32.self)
    }

    /// Some order, in which only equal names are equal: shorter ones first.
    private func isLess(_ place: Int, _ other: Int) -> Bool {
        let (one, other) = unsafe (name(at: place).utf8, name(at: other).utf8)
        guard one.count == other.count else { return one.count < other.count }
        for index in one.indices where unsafe one[index] != other[index] {
            return unsafe one[index] < other[index]
        }
        return false
    }
}
