import HTTPTypes
import Hummingbird

extension Request {
    /// What it bears as `Authorization: Bearer` (RFC 6750 section 2.1), the scheme in any case.
    var bearerToken: String? {
        guard let field = headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }
}
