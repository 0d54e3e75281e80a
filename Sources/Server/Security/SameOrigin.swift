import HTTPTypes
import Hummingbird

/// Tells a request that one of our own pages sent from one that another site made a browser send (CSRF).
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, which they send to https and loopback addresses only, and in
/// `Origin`, which they send with every POST; a page can forge neither. Forms bear a token beside (`SessionToken`),
/// because a page on another port of this machine, or a sibling domain, is cross-origin but may share cookies, and
/// because one check alone is one mistake away from none.
enum SameOrigin {
    /// A form's post. A browser that says nothing is refused: there is none left that says neither.
    static func isProven(_ request: Request, at site: Site) -> Bool {
        isPossible(request, at: site)
            && (request.headers[.origin] != nil || request.headers[.secFetchSite] != nil)
    }

    /// A request that no page of another site can have sent as it is: programs that say nothing pass, so it must bear what
    /// such a page could not add (a header field of ours, or JSON), which a browser asks us about first (CORS).
    static func isPossible(_ request: Request, at site: Site) -> Bool {
        if let fetchSite = request.headers[.secFetchSite], fetchSite != "same-origin" { return false }
        if let origin = request.headers[.origin], origin.lowercased() != site.origin { return false }
        return true
    }
}

extension Problem {
    static let crossSite = Problem(
        .crossSiteRequest,
        "The request did not come from a page of this dashboard, so nothing was done. Open the dashboard and do it there."
    )

    static let staleForm = Problem(
        .staleForm,
        "The form was loaded in another session or environment, so nothing was done. Reload the page and try again."
    )

    static func misdirected(_ sites: Sites) -> Problem {
        Problem(
            .unknownHost,
            "The dashboard is at \(sites.publicURL), and does not answer under any other name. Its operator sets the "
                + "address with PAITIFY_DASHBOARD_URL.")
    }
}
