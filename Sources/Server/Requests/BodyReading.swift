import HTTPTypes
import Hummingbird
import NIOCore

/// How a route takes its body.
enum BodyRule {
    /// There must be one.
    case required
    /// There may be one.
    case optional
    /// There is none; one that is sent is not read.
    case none
}

extension Request {
    /// Reads the body, after its header fields have passed: JSON, not encoded, of at most `bytesMax`.
    func readBody(_ rule: BodyRule, bytesMax: Int, scope: RequestScope) async throws -> [UInt8] {
        switch rule {
        case .none: return []
        case .optional where !announcesBody && headers[.contentType] == nil: return []
        case .optional, .required: break
        }
        try checkContentType()
        return try await readBytes(bytesMax: bytesMax, scope: scope)
    }

    /// Reads the body whatever it is, of at most `bytesMax`.
    func readBytes(bytesMax: Int, scope: RequestScope) async throws -> [UInt8] {
        let announced = headers.text(.contentLength).flatMap(Int.init)
        if let announced, announced > bytesMax { throw Problem.bodyTooLarge(bytesMax) }
        var bytes: [UInt8] = []
        for try await part in body {
            guard bytes.count + part.readableBytes <= bytesMax else { throw Problem.bodyTooLarge(bytesMax) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        // A connection that broke off must never make a shorter request of what was sent.
        if let announced, announced != bytes.count {
            throw Problem(
                .bodyIncomplete, "The body is shorter than its Content-Length. Send all of it.")
        }
        scope.notes.bodyWasRead = true
        return bytes
    }

    private func checkContentType() throws {
        let type = headers.text(.contentType) ?? ""
        if type == "application/json" && headers[.contentEncoding] == nil { return }
        let parts = type.split(separator: ";").map { $0.drop { $0 == " " } }
        let name = parts.first.map { $0.lowercased().trimmingSpaces } ?? ""
        guard name == "application/json" else {
            throw Problem(
                .unsupportedMediaType,
                (type.isEmpty ? "The body has no Content-Type." : "The body's Content-Type is \"\(type.prefix(100))\".")
                    + " Send JSON as \"Content-Type: application/json\".",
                headers: [.accept: "application/json"])
        }
        for parameter in parts.dropFirst() where parameter.lowercased().hasPrefix("charset=") {
            let charset = parameter.dropFirst("charset=".count).lowercased().filter { $0 != "\"" }.trimmingSpaces
            guard charset == "utf-8" || charset == "utf8" || charset == "us-ascii" else {
                throw Problem(
                    .unsupportedMediaType,
                    "JSON is UTF-8 and nothing else (RFC 8259). Send \"Content-Type: application/json\".")
            }
        }
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType,
                "The body is encoded as \"\(encoding.prefix(100))\". Send it without Content-Encoding.",
                headers: [.acceptEncoding: "identity"])
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension Problem {
    static func bodyTooLarge(_ bytesMax: Int) -> Problem {
        Problem(
            .bodyTooLarge,
            "The body is larger than \(bytesMax) bytes, the most that is read. Send less.")
    }
}
