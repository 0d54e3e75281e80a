import HTTPTypes
import Hummingbird
import Issuer

/// Where a link leads that one person hands to another. Its token is in the query, which no log of ours has.
extension LinkToken where Purpose == JoinPurpose {
    var path: String { "/join?token=\(text)" }
}

extension LinkToken where Purpose == PasswordResetPurpose {
    var path: String { "/reset-password?token=\(text)" }
}

extension Dashboard {
    /// A path of the dashboard, under the address that whoever asks uses.
    func url(_ path: String, from request: Request) -> String {
        (sites.site(of: request) ?? sites.publicSite).origin + path
    }
}
