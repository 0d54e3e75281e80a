internal import CryptoLib
internal import Synchronization

/// Contexts in which one key signs digests, made ready once and used again: making one takes a fiftieth of an RSA
/// signature. Any thread; each context serves one signature at a time.
final class SigningContexts: Sendable {
    private let algorithm: SignatureAlgorithm
    /// Those that nobody is using. As many are made as threads have ever signed at once.
    private let idle = Mutex<[SigningContext]>([])

    init(for algorithm: SignatureAlgorithm) {
        self.algorithm = algorithm
    }

    /// The signature over a SHA-256 digest, as libcrypto gives it; nil if it fails.
    func signature(over digest: [UInt8], by key: borrowing PrivateKeyHandle) -> [UInt8]? {
        guard let context = idle.withLock({ $0.popLast() }) ?? SigningContext(key, algorithm),
            let signature = context.signature(over: digest)
        else { return nil }
        idle.withLock { $0.append(context) }
        return signature
    }
}

/// One context of libcrypto's, which holds a reference to its key. One thread at a time.
@safe private final class SigningContext: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let signatureBytesMax: Int

    init?(_ key: borrowing PrivateKeyHandle, _ algorithm: SignatureAlgorithm) {
        // The context is this object's, and freed with it.
        guard let made = unsafe key.withPointer({ unsafe EVP_PKEY_CTX_new($0, nil) }) else { return nil }
        unsafe pointer = unsafe made
        signatureBytesMax = unsafe key.withPointer { unsafe Int(EVP_PKEY_get_size($0)) }
        let isReady = unsafe MessageDigest.sha256.withPointer { md in
            unsafe EVP_PKEY_sign_init(made) == 1 && Self.setPadding(of: made, algorithm)
                && EVP_PKEY_CTX_set_signature_md(made, md) == 1
        }
        guard isReady else { return nil }
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(pointer)
    }

    func signature(over digest: [UInt8]) -> [UInt8]? {
        var signature = [UInt8](repeating: 0, count: signatureBytesMax)
        var count = signature.count
        // Writes at most as many bytes as `count` says there is room for.
        guard unsafe EVP_PKEY_sign(pointer, &signature, &count, digest, digest.count) == 1 else { return nil }
        return Array(signature.prefix(count))
    }

    private static func setPadding(of context: OpaquePointer, _ algorithm: SignatureAlgorithm) -> Bool {
        switch algorithm {
        case .rs256: unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .ps256:
            // MGF1 takes the digest's own hash; RFC 7518 section 3.5 wants a salt of as many bytes.
            unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1
        case .es256, .edDSA: true
        }
    }
}
