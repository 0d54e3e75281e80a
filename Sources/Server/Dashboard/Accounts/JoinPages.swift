import HTTPTypes
import Hummingbird
import Issuer

/// `/join?token=…`: where a link leads that an owner handed out. Looking at it uses nothing up.
struct JoinPages {
    let dashboard: Dashboard

    /// `page` in join.mustache.
    struct JoinPage {
        var problem: String?
        let token: String
        let companyName: String
        let role: String
        var email = ""
        let signedInAs: String?
        let csrfToken: String?
        let takesPasswords: Bool
        let passwordCharactersMin: Int
        /// To sign in first and come back, where that is another's affair.
        let signInHref: String
        /// The identity provider's name and the way to it, where there is one.
        let provider: SignInPages.SignInPage.Provider?
    }

    func add(to pages: PageTable) {
        pages.openPage("/join") { visit in
            let token = try Self.token(visit.query("token"))
            return try visit.door("join", title: "Join", try await page(visit, token))
        }
        pages.openForm("/join", join)
    }

    private func join(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let token = try Self.token(try form.optional("token"))
        var page = try await page(visit, token)
        page.email = try form.text("email")
        do {
            let signedIn = try await accept(token, visit, form)
            return try await visit.enter(signedIn, to: ReturnPath.home)
        } catch {
            let problem = try Problem.ofVisitor(error)
            page.problem = problem.detail
            return try visit.door("join", title: "Join", page, problem)
        }
    }

    private func accept(_ token: InvitationToken, _ visit: Visit, _ form: FormFields) async throws -> SignedIn {
        if let session = visit.signedIn, try form.optional("as") == "session" {
            guard session.token.isCSRFToken(try form.text("csrf"), in: session.principal.environment) else {
                throw Problem.staleForm
            }
            return try await dashboard.issuer.accept(token, session, from: visit.visitor)
        }
        guard dashboard.settings.takesPasswords else { throw Problem.passwordsOff }
        let email = try AccountFields.email(form)
        let password = try AccountFields.password(form)
        return try await dashboard.attempt(email, visit.scope) {
            try await dashboard.issuer.accept(token, email, password, from: visit.visitor)
        }
    }

    private func page(_ visit: Visit, _ token: InvitationToken) async throws -> JoinPage {
        let preview = try await dashboard.issuer.invitation(token)
        return JoinPage(
            token: token.text, companyName: preview.companyName.text, role: preview.role.rawValue,
            signedInAs: visit.signedIn?.user.label, csrfToken: visit.signedIn?.csrfToken,
            takesPasswords: dashboard.settings.takesPasswords,
            passwordCharactersMin: dashboard.issuer.settings.passwordCharactersMin,
            signInHref: "/sign-in?next=" + PercentEncoding.encoded(token.path),
            provider: dashboard.oidc.map {
                .init(name: $0.settings.name, href: "/oidc/sign-in?invitation=\(token.text)")
            })
    }

    private static func token(_ text: String?) throws -> InvitationToken {
        guard let token = text.flatMap(InvitationToken.init) else {
            throw IssuerError.account(.invitationInvalid)
        }
        return token
    }
}
