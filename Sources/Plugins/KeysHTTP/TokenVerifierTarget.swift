// The C library's verifiers are behind its ABI, in another library: there, this would only bring a second verifier in.
#if !hasFeature(Embedded)
    public import Verifier

    extension HTTPKeys {
        /// Has the keys go to the verifier, for good; installs what the file of the options holds. Throws `argument` if
        /// one is attached already. Returns why the file gave no keys, if so: it is no failure, as on a first start.
        @discardableResult
        public func attach(to verifier: TokenVerifier) throws(VerifyError) -> VerifyError? {
            try attach(TokenVerifierTarget(verifier))
        }
    }

    /// A verifier of Swift's.
    final class TokenVerifierTarget: KeyTarget {
        private let verifier: TokenVerifier

        init(_ verifier: TokenVerifier) { self.verifier = verifier }

        func install(jwks document: [UInt8], maxAgeSeconds: UInt32?) throws(VerifyError) {
            // To come: which the verifier takes for now, by its own clock.
            try verifier.install(jwks: document.span, fetchedAt: .max, maxAgeSeconds: maxAgeSeconds)
        }

        func refreshFailed() { verifier.refreshFailed() }

        var refreshDueInMilliseconds: Int64 {
            do throws(VerifyError) { return try verifier.refreshDueInMilliseconds() } catch { return -1 }
        }

        var isServing: Bool {
            do throws(VerifyError) {
                let freshness = try verifier.health().freshness
                return freshness == .fresh || freshness == .due
            } catch {
                return false
            }
        }

        func load(path: [CChar]) throws(VerifyError) { try verifier.loadKeys(path: path) }
        func save(path: [CChar]) throws(VerifyError) { try verifier.saveKeys(path: path) }
    }
#endif
