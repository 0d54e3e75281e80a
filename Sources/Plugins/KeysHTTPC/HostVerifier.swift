import KeysHTTP
import PaitifyVerifyHeader
import Verifier

/// The host's verifier, behind the C ABI: its library is another one, whose objects are none of ours.
@safe final class HostVerifier: KeyTarget, @unchecked Sendable {
    // Sendable: a paitify_verifier may be shared by any threads.
    private let verifier: OpaquePointer

    /// Takes a reference.
    init(retaining verifier: OpaquePointer) {
        unsafe self.verifier = paitify_verifier_retain(verifier)
    }

    deinit { unsafe paitify_verifier_release(verifier) }

    func install(jwks document: [UInt8], maxAgeSeconds: UInt32?) throws(VerifyError) {
        try unsafe check { error in
            unsafe document.withUnsafeBufferPointer { bytes in
                let jwks = unsafe paitify_bytes(data: bytes.baseAddress, length: bytes.count)
                // Fetched at a time to come: which the verifier takes for now, by its own clock.
                guard let maxAgeSeconds else { return unsafe paitify_install_jwks(verifier, jwks, .max, error) }
                return unsafe paitify_install_jwks_fresh_for(verifier, jwks, .max, maxAgeSeconds, error)
            }
        }
    }

    func refreshFailed() { unsafe paitify_refresh_failed(verifier) }

    var refreshDueInMilliseconds: Int64 { unsafe paitify_refresh_due_in_ms(verifier) }

    var isServing: Bool {
        var health = paitify_health_info()
        guard unsafe paitify_health(verifier, &health) == VerificationStatus.ok.rawValue else { return false }
        return health.state == PAITIFY_KEYS_FRESH || health.state == PAITIFY_KEYS_DUE
    }

    func load(path: [CChar]) throws(VerifyError) {
        try unsafe check { error in unsafe paitify_load_jwks_file(verifier, path, error) }
    }

    func save(path: [CChar]) throws(VerifyError) {
        try unsafe check { error in unsafe paitify_save_jwks_file(verifier, path, error) }
    }

    /// Makes a call of the C ABI, and throws what it reports.
    private func check(_ call: (UnsafeMutablePointer<paitify_error>) -> Int32) throws(VerifyError) {
        var error = paitify_error()
        let code = unsafe call(&error)
        guard code != VerificationStatus.ok.rawValue else { return }
        let words = unsafe withUnsafeBytes(of: &error.message) { message in
            unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
        throw VerifyError(VerificationStatus(rawValue: code) ?? .internalFailure, words)
    }
}
