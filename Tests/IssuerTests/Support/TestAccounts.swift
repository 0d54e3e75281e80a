@testable import Issuer

/// People of a real issuer, and where they are signed in.
struct TestAccounts {
    static let password = "orange tiger staple 7"

    let issuer: Issuer
    let clock: ManualClock
    /// The first owner, signed in.
    let owner: SignedIn

    init(clock: ManualClock = ManualClock(), settings: IssuerSettings = .test) async throws {
        self.clock = clock
        issuer = try await TestIssuer.open(path: ":memory:", clock: clock, settings: settings)
        owner = try await Self.signUp(issuer, "owner@acme.example", "Acme")
    }

    static func signUp(_ issuer: Issuer, _ email: String, _ company: String) async throws -> SignedIn {
        try await issuer.signUp(
            SignUpDraft(company: Name(company), email: EmailAddress(email), password: Password(password)!), from: .test)
    }

    func signIn(_ email: String = "owner@acme.example", _ password: String = Self.password) async throws -> SignedIn {
        try await issuer.signIn(EmailAddress(email), Password(password)!, from: .test)
    }

    /// Somebody who came by an invitation of the owner's.
    func member(_ email: String, _ role: Role) async throws -> SignedIn {
        let link = try await issuer.invite(as: role, note: nil, by: owner.principal, once: nil).value.token
        return try await issuer.accept(link, EmailAddress(email), Password(Self.password)!, from: .test)
    }

    /// Whether the session's token opens anything.
    func holds(_ signedIn: SignedIn) async -> Bool {
        (try? await issuer.authenticate(session: signedIn.token)) != nil
    }

    /// What the owner's audit log says was done, oldest first.
    func audit() async throws -> [String] {
        try await issuer.audit(AuditFilter(), page: Page(limit: 200), as: owner.principal).items.reversed()
            .map { "\($0.entry.action) by \($0.entry.actor == owner.user.id.text ? "owner" : "other")" }
    }
}

extension Visitor {
    static let test = Visitor(userAgent: "Test/1.0", requestID: "req_1")
}

/// The refusal that `body` throws, nil when it throws none.
func refusal(_ body: () async throws -> Void) async -> AccountRefusal? {
    do {
        try await body()
        return nil
    } catch IssuerError.account(let refusal) {
        return refusal
    } catch {
        return nil
    }
}
