import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// `/.well-known/jwks.json`: the public keys that tokens are verified with.
struct JWKSRoutes {
    let issuer: Issuer

    func add(to routes: RouteTable) {
        routes.open("/.well-known/jwks.json") { request, _ in get(request) }
    }

    private func get(_ request: Request) -> Response {
        let document = issuer.jwks()
        let headers: HTTPFields = [
            .eTag: document.etag,
            .cacheControl: "public, max-age=\(document.maxAgeSeconds), must-revalidate",
        ]
        if let known = request.headers[.ifNoneMatch], Self.matches(known, document.etag) {
            return Response(status: .notModified, headers: headers)
        }
        var response = Response.json(ByteBuffer(bytes: document.body), headers: headers)
        response.headers[.contentType] = "application/jwk-set+json"
        return response
    }

    /// RFC 9110 §13.1.2: `*`, or any of the listed tags, compared weakly.
    static func matches(_ ifNoneMatch: String, _ etag: String) -> Bool {
        ifNoneMatch.split(separator: ",").contains { part in
            let tag = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == etag || tag == "W/\(etag)"
        }
    }
}
