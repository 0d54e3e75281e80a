/// Something for each of a few values that are known beforehand: made once, so that looking one up takes no lock.
struct PerCase<Key: Hashable & Sendable, Cell: Sendable>: Sendable {
    /// In the order in which they are shown.
    let all: [(key: Key, cell: Cell)]
    private let cells: [Key: Cell]

    init(_ keys: [Key], _ make: () -> Cell) {
        all = keys.map { ($0, make()) }
        cells = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.cell) })
    }

    subscript(_ key: Key) -> Cell? { cells[key] }

    /// By the key's position, for what every request counts: hashing an enumeration that has texts takes 200 ns.
    subscript(at position: Int) -> Cell { all[position].cell }
}
