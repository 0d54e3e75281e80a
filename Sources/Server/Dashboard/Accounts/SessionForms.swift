import Hummingbird
import Issuer

/// What the frame of every page posts: each answers with the page it came from.
struct SessionForms {
    func add(to pages: PageTable) {
        pages.form("/sign-out") { visit, _ in
            try await visit.issuer.signOut(visit.session)
            var response = visit.redirect(to: "/sign-in?signed-out")
            Cookie.session.clear(at: visit.site, on: &response)
            return response
        }
        pages.form("/session/environment") { visit, form in
            guard let environment = Environment(rawValue: try form.text("environment")) else {
                throw IssuerError.invalid(field: "environment", .notOneOf(Environment.allCases.map(\.rawValue)))
            }
            try await visit.issuer.switchEnvironment(to: environment, visit.session)
            return visit.redirect(to: ReturnPath.checked(try form.optional("next")))
        }
        pages.form("/session/company") { visit, form in
            let text = try form.text("company")
            guard let company = CompanyID(text) else { throw IssuerError.notFound(.company, text) }
            let next = try await visit.issuer.switchCompany(to: company, visit.session, from: visit.visitor)
            var response = visit.redirect(to: ReturnPath.home)
            response.begin(next, at: visit.site)
            return response
        }
    }
}
