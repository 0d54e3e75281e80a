import HTTPTypes
import Hummingbird

/// Answers under known addresses alone, and gives every page the header fields that hold browsers to its policy.
struct PageSecurity: RouterMiddleware {
    let sites: Sites

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        guard let site = sites.site(of: request) else { throw Problem.misdirected(sites) }
        var scope = context
        scope.site = site
        var response = try await next(request, scope)
        Self.secure(&response, at: site)
        return response
    }

    static func secure(_ response: inout Response, at site: Site) {
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = ContentSecurityPolicy.strict.text
        }
        for (name, value) in fields { response.headers[name] = value }
        if site.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    private static let fields: [(HTTPField.Name, String)] = [
        (.xFrameOptions, "DENY"),
        // "no-referrer" would make browsers send "Origin: null" with our own forms.
        (.referrerPolicy, "same-origin"),
        (.crossOriginOpenerPolicy, "same-origin"),
        (.crossOriginResourcePolicy, "same-origin"),
        (.permissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
}
