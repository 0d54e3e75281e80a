import CryptoLib

/// Verification contexts of one key: one that is only ever copied, and copies that wait for their next use, because
/// making one costs a seventh of an RSA verification.
@safe struct ContextPool: ~Copyable, @unchecked Sendable {
    // Sendable: the template is never used but to be copied, and a copy is one thread's at a time.

    /// An initialised context, which holds the key. Copying it looks nothing up and takes no lock that anybody writes
    /// under: a thread never waits for one that installs, and a forked child never for one that it does not have.
    private let template: OpaquePointer
    private let copies = StripedPool()

    init(takingOwnershipOf template: OpaquePointer) {
        unsafe self.template = template
    }

    deinit {
        unsafe copies.empty { unsafe EVP_PKEY_CTX_free($0) }
        unsafe EVP_PKEY_CTX_free(template)
    }

    /// What `body` makes of a context that is its own as long as it runs; nil if there is no memory for one.
    borrowing func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result? {
        guard let context = unsafe copies.take() ?? EVP_PKEY_CTX_dup(template) else { return nil }
        let result = unsafe body(context)
        unsafe EVP_PKEY_CTX_free(copies.put(context))
        return result
    }
}
