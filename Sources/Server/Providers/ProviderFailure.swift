import Verifier

/// Why an identity provider, or something that it is to have signed, was not believed. Sentences for the log and for
/// whoever sets it up; never a token, a code or a secret.
enum ProviderFailure: Error, Equatable {
    /// It did not answer, too late, or with what no provider answers.
    case unavailable(String)
    /// The token is not what it should be.
    case token(String)
}

extension JSONValue {
    /// An object that a provider sent, strictly read; `failure` where it is none.
    static func object(_ bytes: [UInt8], else failure: ProviderFailure) throws(ProviderFailure) -> JSONValue {
        guard let document = try? JSONDocument.parse(bytes.span, maxDepth: 8), document.root.kind == .object else {
            throw failure
        }
        return document.root
    }
}
