/// How many authorizations are not over.
public struct OpenAuthorizations: Sendable, Equatable {
    /// Reserved: neither confirmed, voided nor lapsed.
    public let pending: Int64
    /// Waiting for a person.
    public let held: Int64
}
