/// A program that spends a company's money.
public struct Agent: Sendable, Codable, Equatable {
    public enum Status: String, Sendable, Codable, CaseIterable {
        case active = "ACTIVE"
        case suspended = "SUSPENDED"
    }

    public let id: AgentID
    public var name: Name
    public var description: Note?
    public var status: Status
    public var metadata: Metadata
    public let createdAt: Instant
}
