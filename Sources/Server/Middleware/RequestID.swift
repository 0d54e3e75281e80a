import HTTPTypes
import Hummingbird
import Issuer

/// Gives every request an identifier and every answer the header fields that they all bear.
struct RequestID: EnvelopeStep {
    /// Makes an identifier that was never there before.
    let makeID: @Sendable () -> String

    func open(_ request: Request, _ scope: inout RequestScope) {
        scope.requestID = Self.accepted(request.headers.text(.requestID)) ?? makeID()
    }

    func close(_ request: Request, _ response: inout Response, _ scope: RequestScope) {
        response.headers[.requestID] = scope.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    /// 128 random bits: no two requests of any two servers share an identifier.
    @Sendable static func random() -> String {
        "req_" + SecureRandom.number().hexadecimalDigits + SecureRandom.number().hexadecimalDigits
    }

    /// The caller's own identifier, where it is one that can stand in a log: 1 to 128 letters, digits, `.`, `_`, `-`.
    static func accepted(_ id: String?) -> String? {
        guard let id, (1...128).contains(id.utf8.count), id.utf8.allSatisfy(isAllowed) else { return nil }
        return id
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
