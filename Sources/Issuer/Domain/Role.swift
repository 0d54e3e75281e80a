/// What a member of a company may do in it. Each role may do all that the ones before it may.
public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
    /// Looks at everything.
    case viewer
    /// Decides on held requests too.
    case approver
    /// Manages agents, policies and API keys too, and spends as an API key can.
    case admin
    /// Says who the members are, too.
    case owner

    /// What use cases ask for. Who is a member is the owners' affair alone, which no scope covers: an API key cannot have
    /// it, so a key that leaks makes nobody a member.
    public var scopes: Set<Scope> {
        switch self {
        case .viewer: [.read]
        case .approver: [.read, .approve]
        case .admin, .owner: [.read, .approve, .manage, .authorize]
        }
    }

    /// Whether one may hand somebody of the other role a link that sets another password, with which one could sign in as
    /// them: nobody gets more by it than they have.
    public func mayReset(_ other: Role) -> Bool {
        self == .owner || (self == .admin && other < .admin)
    }

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .approver: 1
        case .admin: 2
        case .owner: 3
        }
    }

    public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}
