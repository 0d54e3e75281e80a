/// Hashes and checks passwords on the threads that API keys are checked on. Any thread.
///
/// Passwords take at most a part of the line before bcrypt, so that whoever hammers at the sign-in keeps no API key from
/// being checked.
final class PasswordHasher: Sendable {
    static let atOnceMax = 12

    private let share: BcryptShare
    private let cost: Int
    /// A hash of no password: what is checked where there is nobody, so that it takes as long as where there is somebody.
    let nobody: String

    init(pool: BcryptPool, cost: Int) {
        share = BcryptShare(of: pool, most: Self.atOnceMax)
        self.cost = cost
        // 22 characters of salt, of which the last may only be one of four, and 31 of hash.
        let (salt, hash) = ("abcdefghijabcdefghijau", String(repeating: "abcdefghij", count: 4).prefix(31))
        nobody = "$2b$\(cost < 10 ? "0" : "")\(cost)$\(salt)\(hash)"
    }

    func hash(_ password: Password) async throws -> String {
        let (digest, cost) = (password.digest, cost)
        do {
            return try await share.run { try Bcrypt.hash(digest, cost: cost) }
        } catch is KeyError {
            throw IssuerError.signing("The password cannot be hashed.")
        }
    }

    /// What `hash` nil takes is as long as what a wrong password takes.
    func verify(_ password: Password, _ hash: String?) async throws -> Bool {
        let (digest, nobody) = (password.digest, nobody)
        return try await share.run { Bcrypt.verify(digest, hash ?? nobody) } && hash != nil
    }

    /// Whether the hash was made with another cost than hashes are made with now.
    func isDated(_ hash: String) -> Bool { !hash.hasPrefix(nobody.prefix(7)) }
}
