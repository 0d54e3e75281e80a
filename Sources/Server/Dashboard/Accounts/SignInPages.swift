import HTTPTypes
import Hummingbird
import Issuer

/// `/sign-in` and `/sign-up`.
struct SignInPages {
    let dashboard: Dashboard

    /// `page` in sign-in.mustache.
    struct SignInPage {
        var said: String?
        var problem: String?
        var email = ""
        let next: String
        let takesPasswords: Bool
        let isSignUpOpen: Bool
        var provider: Provider?

        struct Provider {
            let name: String
            let href: String
        }
    }

    /// `page` in sign-up.mustache.
    struct SignUpPage {
        var problem: String?
        var company = ""
        var email = ""
        let passwordCharactersMin: Int
    }

    func add(to pages: PageTable) {
        pages.openForm("/sign-in", signIn)
        pages.openForm("/sign-up", signUp)
        if let settings = dashboard.settings.clerk, let key = settings.publishableKey {
            return ClerkPages(dashboard: dashboard, settings: settings, key: key).add(to: pages)
        }
        pages.openPage("/sign-in") { visit in
            let next = ReturnPath.checked(visit.query("next"))
            if visit.signedIn != nil { return visit.redirect(to: next) }
            var page = page(visit, next: next)
            if visit.query("reset") != nil { page.said = "Your password has been changed. Sign in with the new one." }
            return try visit.door("sign-in", title: "Sign in", page)
        }
        pages.openPage("/sign-up") { visit in
            guard dashboard.settings.opensSignUp(to: visit.request) else { throw Problem.signUpClosed }
            if visit.signedIn != nil { return visit.redirect(to: ReturnPath.home) }
            return try visit.door("sign-up", title: "Sign up", signUpPage)
        }
    }

    /// The sign-in, with what the identity provider was found wanting in.
    func refusal(_ visit: Visit, _ problem: Problem) throws -> Response {
        var page = page(visit, next: ReturnPath.home)
        page.problem = problem.detail
        return try visit.door("sign-in", title: "Sign in", page, problem)
    }

    private func signIn(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard dashboard.settings.takesPasswords else { throw Problem.passwordsOff }
        var page = page(visit, next: ReturnPath.checked(try form.optional("next")))
        page.email = try form.text("email")
        do {
            let email = try AccountFields.email(form)
            let password = try AccountFields.password(form)
            let signedIn = try await dashboard.attempt(email, visit.scope) {
                try await dashboard.issuer.signIn(email, password, from: visit.visitor)
            }
            return try await visit.enter(signedIn, to: page.next)
        } catch {
            let problem = try Problem.ofVisitor(error)
            page.problem = problem.detail
            return try visit.door("sign-in", title: "Sign in", page, problem)
        }
    }

    private func signUp(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard dashboard.settings.opensSignUp(to: visit.request) else { throw Problem.signUpClosed }
        var page = signUpPage
        page.company = try form.text("company")
        page.email = try form.text("email")
        do {
            let draft = SignUpDraft(
                company: try AccountFields.company(form), email: try AccountFields.email(form),
                password: try AccountFields.password(form))
            try dashboard.requireSignUp(visit.request, visit.scope)
            let signedIn = try await dashboard.issuer.signUp(draft, from: visit.visitor)
            return try await visit.enter(signedIn, to: ReturnPath.home)
        } catch {
            let problem = try Problem.ofVisitor(error)
            page.problem = problem.detail
            return try visit.door("sign-up", title: "Sign up", page, problem)
        }
    }

    private func page(_ visit: Visit, next: String) -> SignInPage {
        SignInPage(
            next: next, takesPasswords: dashboard.settings.takesPasswords,
            isSignUpOpen: dashboard.settings.opensSignUp(to: visit.request),
            provider: dashboard.oidc.map { provider in
                SignInPage.Provider(
                    name: provider.settings.name, href: "/oidc/sign-in?next=" + PercentEncoding.encoded(next))
            })
    }

    private var signUpPage: SignUpPage {
        SignUpPage(passwordCharactersMin: dashboard.issuer.settings.passwordCharactersMin)
    }
}
