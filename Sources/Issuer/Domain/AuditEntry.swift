/// What was done to something, as the audit log names it.
public enum AuditAction: String, Sendable, CaseIterable {
    case companyCreated = "COMPANY_CREATED"
    case companyUpdated = "COMPANY_UPDATED"
    case agentCreated = "AGENT_CREATED"
    case agentUpdated = "AGENT_UPDATED"
    case agentDeleted = "AGENT_DELETED"
    case policyCreated = "POLICY_CREATED"
    case policyUpdated = "POLICY_UPDATED"
    case policyDeleted = "POLICY_DELETED"
    case apiKeyCreated = "API_KEY_CREATED"
    case apiKeyRevoked = "API_KEY_REVOKED"
    /// A person decided on a held request.
    case spendApproved = "SPEND_APPROVED"
    case spendDenied = "SPEND_DENIED"
    case signedIn = "SIGNED_IN"
    /// So many wrong passwords came for this person that no more are looked at for a while.
    case signInBlocked = "SIGN_IN_BLOCKED"
    case passwordChanged = "PASSWORD_CHANGED"
    /// Somebody was handed a link that sets another password.
    case passwordResetMade = "PASSWORD_RESET_MADE"
    /// The link was used.
    case passwordReset = "PASSWORD_RESET"
    case identityLinked = "IDENTITY_LINKED"
    case identityUnlinked = "IDENTITY_UNLINKED"
    case sessionRevoked = "SESSION_REVOKED"
    case memberInvited = "MEMBER_INVITED"
    case invitationWithdrawn = "INVITATION_WITHDRAWN"
    case memberJoined = "MEMBER_JOINED"
    case memberRoleChanged = "MEMBER_ROLE_CHANGED"
    case memberRemoved = "MEMBER_REMOVED"
    /// A company's key asked for it; what became of each key is in the issuer's own chain.
    case signingKeysChanged = "SIGNING_KEYS_CHANGED"
    case signingKeyAnnounced = "SIGNING_KEY_ANNOUNCED"
    /// It signs from now on.
    case signingKeyActivated = "SIGNING_KEY_ACTIVATED"
    case signingKeyRetired = "SIGNING_KEY_RETIRED"
    /// It is gone from the key set: no token that it signed is alive.
    case signingKeyRemoved = "SIGNING_KEY_REMOVED"
    case signingKeyRevoked = "SIGNING_KEY_REVOKED"
    /// Everything secret was sealed anew.
    case masterKeyChanged = "MASTER_KEY_CHANGED"
    /// What follows continues a backup: what came after that is lost.
    case booksRestored = "BOOKS_RESTORED"
}

/// One change, as it stands in the audit log: who, what, before, after. Never a secret.
public struct AuditEntry: Sendable, Equatable {
    /// Whose chain it stands in.
    public let companyID: CompanyID
    /// 1 for the chain's first entry, and one more each time.
    public let sequence: Int64
    public let at: Instant
    public let environment: Environment
    /// See `Author`.
    public let actor: String
    public let requestID: String?
    /// An `AuditAction`'s name; text, so that an entry which a later version wrote can be read too.
    public let action: String
    /// The identifier of what was changed.
    public let object: String
    /// How it stood before, as canonical JSON. Nil where it was not there.
    public let before: String?
    /// How it stands since. Nil where it is there no more.
    public let after: String?
    /// The entry before, by its hash, which makes a chain of them. Nil on the first.
    public let previousHash: String?

    /// What the hash covers: the entry as canonical JSON (RFC 8785), which is what `json` has but the hash, in the order of
    /// the members' names.
    var canonical: String {
        JSONWriter.text { json in
            json.object { json in
                json.member("action", action)
                json.member("actor", actor)
                json.member("after", json: after)
                json.member("at", at)
                json.member("before", json: before)
                json.member("companyId", companyID.text)
                json.member("environment", environment.rawValue)
                json.member("object", object)
                json.member("previousHash", previousHash)
                json.member("requestId", requestID)
                json.member("sequence", sequence)
            }
        }
    }
}

/// An entry with the SHA-256 of its canonical form, as 64 hexadecimal digits.
public struct SealedAuditEntry: Sendable, Equatable {
    public let entry: AuditEntry
    public let hash: String

    /// As the API gives it.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("sequence", entry.sequence)
            json.member("at", entry.at)
            json.member("environment", entry.environment.rawValue)
            json.member("actor", entry.actor)
            json.member("action", entry.action)
            json.member("object", entry.object)
            json.member("before", json: entry.before)
            json.member("after", json: entry.after)
            json.member("requestId", entry.requestID)
            json.member("companyId", entry.companyID.text)
            json.member("previousHash", entry.previousHash)
            json.member("hash", hash)
        }
    }
}

/// Which entries to list: all that match every member that is given.
public struct AuditFilter: Sendable {
    public let actor: String?
    public let action: AuditAction?
    public let object: String?

    public init(actor: String? = nil, action: AuditAction? = nil, object: String? = nil) {
        self.actor = actor
        self.action = action
        self.object = object
    }
}
