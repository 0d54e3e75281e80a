import HTTPTypes
import Hummingbird

/// Cookies of the dashboard: for this host alone, for the whole of it, out of reach of scripts.
struct Cookie: Sendable {
    private let name: String

    static let session = Cookie(name: "paitify_session")

    init(name: String) {
        self.name = name
    }

    /// Over https the name says to browsers that no other host, and no page without TLS, may have set it
    /// (draft-ietf-httpbis-rfc6265bis section 4.1.3.2). Over http, on loopback, there is no such name.
    private func name(at site: Site) -> String { site.isSecure ? "__Host-\(name)" : name }

    /// Nil where it is not there, or there twice: then somebody else has set one of the two, and nothing tells which.
    func value(in request: Request, at site: Site) -> String? {
        let name = name(at: site)
        var values: [Substring] = []
        for field in request.headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { continue }
                values.append(pair[pair.index(after: equals)...])
            }
        }
        return values.count == 1 ? values.first.map(String.init) : nil
    }

    /// Sets it for so long. Lax, not Strict: a link to the dashboard in a message, and the way back from an identity
    /// provider, find somebody who is signed in; nothing that changes anything is a GET.
    func set(_ value: String, seconds: Int64, at site: Site, on response: inout Response) {
        let secure = site.isSecure ? "; Secure" : ""
        response.headers.append(
            HTTPField(
                name: .setCookie,
                value: "\(name(at: site))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)"))
    }

    func clear(at site: Site, on response: inout Response) {
        set("", seconds: 0, at: site, on: &response)
    }
}
