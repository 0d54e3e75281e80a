import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// `/assets/…`: style sheets, scripts and pictures, which are in the program itself.
struct AssetRoutes {
    /// Each file of Dashboard/Assets, by the name under which it is served.
    private static let files: [String: (type: String, bytes: [UInt8])] = [
        "paitify.css": ("text/css; charset=utf-8", PackageResources.paitify_css),
        "mark.svg": ("image/svg+xml", PackageResources.mark_svg),
        "app.js": ("text/javascript; charset=utf-8", PackageResources.app_js),
        "live.js": ("text/javascript; charset=utf-8", PackageResources.live_js),
        "clerk.js": ("text/javascript; charset=utf-8", PackageResources.clerk_js),
        "approvals.js": ("text/javascript; charset=utf-8", PackageResources.approvals_js),
    ]

    func add(to pages: PageTable) {
        for (name, file) in Self.files {
            let digest = Digest.sha256(file.bytes).prefix(8).map { String($0, radix: 16) }.joined(separator: "-")
            let etag = "\"\(digest)\""
            let body = ByteBuffer(bytes: file.bytes)
            pages.openPage("/assets/\(name)") { visit in
                let headers: HTTPFields = [.eTag: etag, .cacheControl: "no-cache", .contentType: file.type]
                if let known = visit.request.headers[.ifNoneMatch], JWKSRoutes.matches(known, etag) {
                    return Response(status: .notModified, headers: headers)
                }
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
            }
        }
    }
}
