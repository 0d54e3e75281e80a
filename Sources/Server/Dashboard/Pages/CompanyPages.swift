import Hummingbird
import Issuer

/// `/company`: what is decided for all of a company's agents.
struct CompanyPages {
    func add(to pages: PageTable) {
        pages.page("/company") { visit in try await show(visit) }
        pages.form("/company/default-audience", setDefaultAudience)
    }

    private func show(
        _ visit: Visit, typed: String? = nil, was: String? = nil, problem: String? = nil
    ) async throws -> Response {
        let (session, settings) = (try visit.session, try await visit.issuer.companySettings(as: visit.caller))
        let content = CompanyContent(
            said: visit.query("saved") == nil ? nil : "Saved. The change applies from the next request on.",
            problem: problem,
            companyID: session.principal.companyID.text, mayManage: session.principal.scopes.contains(.manage),
            audience: typed ?? settings.defaultAudience?.text ?? "", was: was ?? settings.defaultAudience?.text ?? "",
            processor: settings.defaultAudience?.text ?? Audience.anyProcessor, anyProcessor: Audience.anyProcessor)
        return try await visit.show(
            "company", title: "Company", content, status: problem == nil ? .ok : .unprocessableContent)
    }

    private func setDefaultAudience(_ visit: Visit, _ form: FormFields) async throws -> Response {
        let (text, was) = (try form.text("audience").trimmed, try form.text("was"))
        do {
            try await visit.issuer.setDefaultAudience(
                try Self.audience(text), ifStill: CompanySettings(defaultAudience: try? Self.audience(was)),
                as: visit.caller)
            return visit.redirect(to: "/company?saved=1")
        } catch IssuerError.invalid(_, .changedMeanwhile) {
            let now = try await visit.issuer.companySettings(as: visit.caller).defaultAudience?.text
            return try await show(
                visit, typed: text,
                problem:
                    "Somebody else changed it while you wrote: it is \(now.map { "“\($0)”" } ?? "any processor") now. "
                    + "Nothing of yours was saved. Save again to put yours in its place.")
        } catch let error as InvalidValue {
            return try await show(visit, typed: text, was: was, problem: "The processor’s name \(error.message).")
        }
    }

    /// Nil where there is nothing: any processor.
    private static func audience(_ text: String) throws -> Audience? {
        text.isEmpty ? nil : try Audience(text)
    }
}

/// `page` in company.mustache.
struct CompanyContent {
    let said: String?
    let problem: String?
    let companyID: String
    let mayManage: Bool
    /// What is in the field.
    let audience: String
    /// What the field had when it was first shown.
    let was: String
    /// What holds.
    let processor: String
    let anyProcessor: String
}
