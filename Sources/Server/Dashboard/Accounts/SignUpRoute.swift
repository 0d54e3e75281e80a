import HTTPTypes
import Hummingbird
import Issuer

/// `POST /v1/signup`: a company, its first owner, and that owner's first session.
struct SignUpRoute {
    let dashboard: Dashboard

    func add(to routes: RouteTable) {
        routes.openPost("/v1/signup") { request, scope, body in
            guard let site = dashboard.sites.site(of: request) else { throw Problem.misdirected(dashboard.sites) }
            // JSON from another site is asked about first, and never allowed; this says it for what asks in another way.
            guard SameOrigin.isPossible(request, at: site) else { throw Problem.crossSite }
            let json = try RequestJSON(body)
            let draft = try SignUpDraft(
                ObjectReader(
                    json.root, names: SignUpDraft.names, into: Findings(oversizedNumbers: json.oversizedNumbers)))
            try dashboard.requireSignUp(request, scope)
            let visitor = Visitor(userAgent: request.headers[.userAgent], requestID: scope.requestID)
            let signedIn = try await dashboard.issuer.signUp(draft, from: visitor)
            try await dashboard.endSession(of: request, scope)
            var response = Response.json(.of(signedIn.write), status: .created)
            response.begin(signedIn, at: site)
            return response
        }
    }
}

extension SignedIn {
    /// As the API gives it: never the token, which is in the cookie alone.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("companyId", principal.companyID.text)
            json.member("company") { json in
                json.member("id", principal.companyID.text)
                json.member("name", companyName.text)
            }
            json.member("user") { json in
                json.member("id", user.id.text)
                json.member("email", user.email?.text)
                json.member("label", user.label)
            }
            json.member("role", role.rawValue)
            json.member("scopes", texts: Scope.allCases.filter(principal.scopes.contains).map(\.rawValue))
            json.member("environment", principal.environment.rawValue)
            json.member("session") { json in
                json.member("id", session.id.text)
                json.member("createdAt", session.createdAt)
                json.member("expiresAt", session.expiresAt)
            }
            json.member("csrfToken", csrfToken)
        }
    }
}
