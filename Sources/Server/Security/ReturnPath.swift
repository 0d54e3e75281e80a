/// Where to go after signing in, as an address said it: a path of the dashboard's own, or nothing.
enum ReturnPath {
    static let home = "/overview"

    /// `text` if it can lead nowhere but to a page here, else home.
    ///
    /// Browsers take `//host` and `/\host` for another host, and drop tabs and line breaks before they look.
    static func checked(_ text: String?) -> String {
        guard let text, text.utf8.count <= 1000, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            !["/sign-in", "/sign-up", "/sign-out", "/oidc", "/v1"].contains(where: text.hasPrefix)
        else { return home }
        return text
    }
}
