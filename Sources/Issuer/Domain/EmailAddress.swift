/// The address that somebody signs in with: compared without regard to case, and never written to.
///
/// ASCII alone: two addresses that look alike would be two people to the store and one to whoever reads the list.
public struct EmailAddress: CheckedText {
    public let text: String

    /// What RFC 5321 section 4.5.3.1.3 leaves for an address.
    public static let bytesMax = 254

    public init(_ text: String) throws(InvalidValue) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 2, (1...64).contains(parts[0].utf8.count),
            !parts[1].isEmpty, text.utf8.allSatisfy(Self.isAllowed), Self.isDomain(parts[1])
        else {
            throw InvalidValue("must be an email address, such as name@example.com")
        }
        self.text = text.lowercased()
    }

    /// Visible ASCII but what quotes, lists or routes.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !"\"(),:;<>[\\]".utf8.contains(byte)
    }

    private static func isDomain(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }
}
