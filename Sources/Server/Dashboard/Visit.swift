import HTTPTypes
import Hummingbird
import Issuer

/// One request for a page, or of a form, by somebody who is signed in or not: all that a handler needs.
struct Visit: Sendable {
    let request: Request
    let scope: RequestScope
    /// Under which address the browser came.
    let site: Site
    let dashboard: Dashboard
    /// Nil on pages that ask for no session, where there is none.
    let signedIn: SignedIn?
    /// Those of the query.
    private let parameters: FormFields

    /// Throws where the query cannot be read for certain: to leave a filter out would show more than was asked for.
    init(
        request: Request, scope: RequestScope, site: Site, dashboard: Dashboard, signedIn: SignedIn?
    ) throws(Problem) {
        guard let parameters = FormFields(query: request.uri.query ?? "") else {
            throw Problem(.malformedForm, "The address after its ? is not percent-encoded UTF-8 without NUL.")
        }
        if let twice = parameters.twice {
            throw Problem(.duplicateParameter, "The address has the parameter \"\(twice)\" twice.")
        }
        self.init(request, scope, site, dashboard, signedIn, parameters)
    }

    /// Whatever the query is: for the page that says what is wrong.
    init(saying request: Request, scope: RequestScope, site: Site, dashboard: Dashboard, signedIn: SignedIn?) {
        self.init(request, scope, site, dashboard, signedIn, FormFields())
    }

    private init(
        _ request: Request, _ scope: RequestScope, _ site: Site, _ dashboard: Dashboard, _ signedIn: SignedIn?,
        _ parameters: FormFields
    ) {
        (self.request, self.scope, self.site, self.dashboard) = (request, scope, site, dashboard)
        (self.signedIn, self.parameters) = (signedIn, parameters)
    }

    var issuer: Issuer { dashboard.issuer }

    /// Who asks, for use cases. Throws where nobody is signed in: the browser is sent to sign in.
    var caller: Principal {
        get throws { try session.principal }
    }

    var session: SignedIn {
        get throws {
            guard let signedIn else { throw IssuerError.unauthenticated }
            return signedIn
        }
    }

    var visitor: Visitor {
        Visitor(userAgent: request.headers[.userAgent], requestID: scope.requestID)
    }

    /// A parameter of the path.
    func id<Kind>(_ resource: IssuerError.Resource, _ parameter: String = "id") throws -> ID<Kind> {
        let text = scope.parameters.get(parameter) ?? ""
        guard let id = ID<Kind>(text) else { throw IssuerError.notFound(resource, text) }
        return id
    }

    /// A parameter of the query; nil where it is absent or empty. The query was checked: it has each once.
    func query(_ name: String) -> String? { try? parameters.optional(name) }

    /// The page of that template, with `content` as `page` in it.
    func page(
        _ template: String, title: String, _ content: Any = [String: String](), status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let frame = Frame(title: title, visit: self)
        return try page(template, frame, content, status: status)
    }

    func page(_ template: String, _ frame: Frame, _ content: Any, status: HTTPResponse.Status) throws -> Response {
        .html(try dashboard.templates.render(template, frame: frame, page: content), status: status)
    }

    /// The page that is looked at, with its query; after a form, the page that the form is on.
    var here: String {
        let first = request.uri.path.split(separator: "/").first.map(String.init) ?? ""
        if let page = ["account": "/sessions", "oidc": "/sessions", "invitations": "/members"][first] { return page }
        if request.method == .get { return request.uri.path + (request.uri.query.map { "?\($0)" } ?? "") }
        return "/\(first)"
    }

    /// After a form: the browser gets that page with a GET (303).
    func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }
}

/// What every page shows around its own content: `frame` in templates.
struct Frame: Sendable {
    let title: String
    /// Where a change of colours leads back to.
    let path: String
    let signedIn: Who?
    /// What was chosen for this browser; nil: what it asks for itself.
    let theme: String?
    let themes: [Theme.Choice]
    let nav: [Navigation.Section]
    /// For an owner: this page came through a proxy that the configuration does not name.
    let isProxyStrange: Bool

    struct Who: Sendable {
        /// For `<meta name="csrf-token">` and the field `csrf` of every form.
        let csrfToken: String
        let label: String
        let companyName: String
        let role: String
        let environment: String
        let isTest: Bool
        let mayApprove: Bool
        let mayManage: Bool
        let isOwner: Bool
        let hasElsewhere: Bool
        let elsewhere: [Elsewhere]
    }

    /// Another company of theirs.
    struct Elsewhere: Sendable {
        let otherID: String
        let otherName: String
        let otherRole: String
    }

    /// `waiting`: how many requests wait for a person.
    init(title: String, visit: Visit, waiting: Int64 = 0) {
        self.title = title
        path = visit.here
        let theme = Theme(of: visit)
        self.theme = theme.attribute
        themes = theme.choices
        nav = Navigation.sections(at: visit.request.uri.path, waiting: waiting)
        isProxyStrange =
            visit.signedIn?.role == .owner
            && visit.dashboard.proxies.areUnawareOf(visit.request, peer: visit.scope.peer)
        signedIn = visit.signedIn.map { session in
            let principal = session.principal
            return Who(
                csrfToken: session.csrfToken, label: session.user.label,
                companyName: session.companyName.text, role: session.role.rawValue,
                environment: principal.environment.rawValue,
                isTest: principal.environment == .test, mayApprove: principal.scopes.contains(.approve),
                mayManage: principal.scopes.contains(.manage), isOwner: session.role == .owner,
                hasElsewhere: !session.elsewhere.isEmpty,
                elsewhere: session.elsewhere.map { other in
                    Elsewhere(
                        otherID: other.companyID.text, otherName: other.companyName.text,
                        otherRole: other.role.rawValue)
                })
        }
    }
}

extension Response {
    static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: .init(string: text)))
    }
}
