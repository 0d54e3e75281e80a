package import Verifier

/// What fetched keys are installed into: a verifier, of Swift or behind the C ABI.
package protocol KeyTarget: AnyObject, Sendable {
    /// Installs a document, which comes from the issuer just now. What it throws it has counted as a failed attempt.
    func install(jwks document: [UInt8], maxAgeSeconds: UInt32?) throws(VerifyError)
    /// Counts a fetch that brought no document.
    func refreshFailed()
    /// Milliseconds until a refresh is due; 0 is now, below 0 the clock failed.
    var refreshDueInMilliseconds: Int64 { get }
    /// Whether keys are installed that are not too old to serve.
    var isServing: Bool { get }
    /// Installs what a file holds. The path ends in a NUL.
    func load(path: [CChar]) throws(VerifyError)
    /// Writes what is installed to a file. The path ends in a NUL.
    func save(path: [CChar]) throws(VerifyError)
}
