import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// Bytes that are the same as long as this process runs: a document, a page, a style sheet.
struct StaticContent: Sendable {
    let body: ByteBuffer
    let mediaType: String
    private let etag: String
    /// Beside the content's own fields.
    private let headers: HTTPFields

    init(_ bytes: [UInt8], _ mediaType: String, headers: HTTPFields = [:]) {
        body = ByteBuffer(bytes: bytes)
        self.mediaType = mediaType
        self.headers = headers
        etag = "\"\(Digest.sha256(bytes).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())\""
    }

    /// 200, or 304 to who has it already. It is asked for anew each time: another version may run by then.
    func response(to request: Request) -> Response {
        var headers = headers
        headers[.eTag] = etag
        headers[.cacheControl] = "no-cache"
        if let known = request.headers[.ifNoneMatch], JWKSRoutes.matches(known, etag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = mediaType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
