import HTTPTypes
import Hummingbird
import Issuer

/// `/reset-password?token=…`: where somebody sets another password by a link that was handed to them. Looking at it uses
/// nothing up, and using it signs nobody in.
struct ResetPages {
    let dashboard: Dashboard

    /// `page` in reset-password.mustache.
    struct ResetPage {
        var problem: String?
        let token: String
        let email: String
        let companyName: String
        let passwordCharactersMin: Int
    }

    func add(to pages: PageTable) {
        pages.openPage("/reset-password") { visit in
            let token = try Self.token(visit.query("token"))
            return try visit.door("reset-password", title: "Set a new password", try await page(token))
        }
        pages.openForm("/reset-password", reset)
    }

    private func reset(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let token = try Self.token(try form.optional("token"))
        var page = try await page(token)
        do {
            try await dashboard.issuer.resetPassword(token, to: AccountFields.password(form), from: visit.visitor)
            // Wrong guesses of before are not held against the new one.
            if let email = try? EmailAddress(page.email) { dashboard.signInLimits.succeeded(email) }
            try await visit.endOldSession()
            var response = visit.redirect(to: "/sign-in?reset=1")
            Cookie.session.clear(at: visit.site, on: &response)
            return response
        } catch {
            let problem = try Problem.ofVisitor(error)
            page.problem = problem.detail
            return try visit.door("reset-password", title: "Set a new password", page, problem)
        }
    }

    private func page(_ token: PasswordResetToken) async throws -> ResetPage {
        let preview = try await dashboard.issuer.passwordReset(token)
        return ResetPage(
            token: token.text, email: preview.email.text, companyName: preview.companyName.text,
            passwordCharactersMin: dashboard.issuer.settings.passwordCharactersMin)
    }

    private static func token(_ text: String?) throws -> PasswordResetToken {
        guard let token = text.flatMap(PasswordResetToken.init) else { throw IssuerError.account(.resetInvalid) }
        return token
    }
}
