/// Which Clerk instance, or other provider of session tokens, signs people in.
struct ClerkSettings: Sendable, Equatable {
    /// `iss` of its tokens, to the letter.
    var issuer: String
    var jwksURL: String
    /// The origins of the front ends whose tokens are taken, besides the dashboard's own.
    var authorizedParties: [String] = []
    /// Where it is not empty, a token must have an `aud` that is one of them; else it must have none.
    var audiences: [String] = []
    /// For the dashboard's own sign-in; nil: that is local.
    var publishableKey: PublishableKey?
    var signInURL = "/sign-in"
    var signUpURL = "/sign-up"
    var afterSignInURL = "/overview"
    var afterSignUpURL = "/overview"

    /// `pk_test_` or `pk_live_`, and the base64 of the host of Clerk's API for browsers and a dollar sign.
    struct PublishableKey: Sendable, Equatable {
        let text: String
        /// Such as clerk.example.com: the one third-party host that a page may load a script from, and only sign-in's.
        let host: String

        init?(_ text: String) {
            guard let prefix = ["pk_test_", "pk_live_"].first(where: text.hasPrefix),
                let bytes = Base64.decode(text.dropFirst(prefix.count)),
                let decoded = String(validating: bytes, as: UTF8.self), decoded.hasSuffix("$")
            else { return nil }
            let host = decoded.dropLast()
            let isHost =
                (1...253).contains(host.utf8.count)
                && host.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "-"), UInt8(ascii: "."):
                        true
                    default: false
                    }
                }
            guard isHost, host.contains("."), !host.hasPrefix("."), !host.hasSuffix(".") else { return nil }
            self.text = text
            self.host = String(host)
        }
    }
}
