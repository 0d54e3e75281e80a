package import Verifier

/// Names of claims and of transactions, as guards keep them: digests, whose size is known before.
package struct ClaimNames: Sendable {
    package typealias Digest = InlineArray<32, UInt8>

    private let sha256: SHA256

    /// Throws `internalFailure` if OpenSSL has no SHA-256, or `noMemory`.
    package init() throws(VerifyError) {
        sha256 = try SHA256.fetch()
    }

    /// What is claimed: the issuer and the `jti`, each behind its length, so that no two pairs are one name.
    /// Throws `noMemory`.
    package func claim(issuer: Span<UInt8>, authorizationID: Span<UInt8>) throws(VerifyError) -> Digest {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            try sha256.digest(ofPair: issuer, authorizationID)
        }
    }

    /// Who claims it, or nil for an empty name: that is nobody, and no retry of anything. Throws `noMemory`.
    package func transaction(_ id: Span<UInt8>) throws(VerifyError) -> Digest? {
        guard !id.isEmpty else { return nil }
        return try ErrorQueue.leavingUntouched { () throws(VerifyError) in try sha256.digest(of: id) }
    }
}
