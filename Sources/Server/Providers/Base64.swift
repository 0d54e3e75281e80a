import Foundation

/// Base64 (RFC 4648), of the plain alphabet.
enum Base64 {
    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// With padding or without.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let unpadded = text.prefix { $0 != "=" }
        let padding = String(repeating: "=", count: (4 - unpadded.count % 4) % 4)
        return Data(base64Encoded: unpadded + padding).map { [UInt8]($0) }
    }
}
