/// Why the store could not answer. Nothing was recorded, except after `commitUnknown`.
public enum StorageError: Error, Equatable, Sendable, Codable {
    /// Disk full, I/O error, locked by another process, closed: trying again later may help.
    case unavailable(String)
    /// The commit was sent and its outcome is not known: the same idempotency key will tell.
    case commitUnknown(String)
    /// A row broke a constraint that says what may never be.
    case constraint(String)
    /// A row does not hold what this version wrote there.
    case corrupt(String)
    /// The schema is not this version's.
    case schema(String)
}
