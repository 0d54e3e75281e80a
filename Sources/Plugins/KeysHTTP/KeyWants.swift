import Synchronization
import Verifier

/// What verifications ask for, until the thread that fetches takes it.
///
/// Asking takes no lock, so that a verification in a forked child never waits for a thread that is not there.
final class KeyWants: Sendable {
    /// What was asked for since it was last taken.
    struct Asked: OptionSet, Sendable {
        let rawValue: UInt32
        /// Newer keys, since a refresh is due.
        static let refresh = Asked(rawValue: 1)
        /// A key that is not installed.
        static let key = Asked(rawValue: 2)
    }

    private let asked = Atomic<UInt32>(0)
    /// Where the thread waits that is to hear of it.
    let wire: Wire

    init(wire: Wire) { self.wire = wire }

    /// Asks for keys: for the one of that `kid`, or with an empty one for newer ones. Never waits.
    func ask(_ kid: Span<UInt8>) {
        let added: Asked = kid.isEmpty ? .refresh : .key
        let before = Asked(rawValue: asked.bitwiseOr(added.rawValue, ordering: .releasing).oldValue)
        if !before.contains(added) { wire.wake() }
    }

    /// What was asked for; from then on nothing is.
    func take() -> Asked { Asked(rawValue: asked.exchange(0, ordering: .acquiring)) }

    /// Asks again for what was taken and could not be seen to.
    func putBack(_ taken: Asked) { asked.bitwiseOr(taken.rawValue, ordering: .releasing) }

    /// Whether nothing is asked for.
    var isEmpty: Bool { asked.load(ordering: .relaxed) == 0 }
}
