import Hummingbird
import Issuer

/// `/company`: what is decided for all of a company's agents.
struct CompanyPages {
    func add(to pages: PageTable) {
        pages.page("/company") { visit in try await show(visit) }
        pages.form("/company/default-audience", setDefaultAudience)
    }

    private func show(_ visit: Visit, typed: String? = nil, problem: String? = nil) async throws -> Response {
        let (session, settings) = (try visit.session, try await visit.issuer.companySettings(as: visit.caller))
        let content = CompanyContent(
            said: visit.query("saved") == nil ? nil : "Saved. The change applies from the next request on.",
            problem: problem,
            companyID: session.principal.companyID.text, mayManage: session.principal.scopes.contains(.manage),
            audience: typed ?? settings.defaultAudience?.text ?? "", anyProcessor: Audience.anyProcessor)
        return try await visit.show(
            "company", title: "Company", content, status: problem == nil ? .ok : .unprocessableContent)
    }

    private func setDefaultAudience(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let text = try form.optional("audience")?.trimmed
        let audience: Audience?
        do throws(InvalidValue) {
            audience = try text.flatMap { (text) throws(InvalidValue) in text.isEmpty ? nil : try Audience(text) }
        } catch {
            return try await show(visit, typed: text, problem: "The processor’s name \(error.message).")
        }
        try await visit.issuer.setDefaultAudience(audience, as: visit.caller)
        return visit.redirect(to: "/company?saved=1")
    }
}

/// `page` in company.mustache.
struct CompanyContent {
    let said: String?
    let problem: String?
    let companyID: String
    let mayManage: Bool
    let audience: String
    let anyProcessor: String
}
