internal import CryptoLib

/// The one owner of a private key in libcrypto.
///
/// Nothing changes the key once it is made, and its reference count is atomic, so any thread may use it.
@safe struct PrivateKeyHandle: ~Copyable, @unchecked Sendable {
    private let pointer: OpaquePointer

    /// `pointer` comes with a reference, which this takes over.
    init(takingOwnershipOf pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        // The private numbers are wiped by libcrypto when this was the last reference.
        unsafe EVP_PKEY_free(pointer)
    }

    /// The key, valid until `body` returns.
    borrowing func withPointer<Value, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // Borrowed for the whole call, so that deinit waits.
        try unsafe body(pointer)
    }
}

extension PrivateKeyHandle {
    /// A new key. Takes a tenth of a second or more for RSA: never on the cooperative pool or on a lane.
    static func generate(_ algorithm: SignatureAlgorithm) throws(KeyError) -> PrivateKeyHandle {
        // A new reference, or null.
        let made = unsafe withCleanCryptoErrors {
            switch algorithm {
            case .rs256, .ps256: unsafe paitify_generate_rsa_key(2048)
            case .es256: unsafe paitify_generate_p256_key()
            case .edDSA: unsafe paitify_generate_ed25519_key()
            }
        }
        guard let made = unsafe made else { throw .cryptography(.generateKey) }
        return unsafe PrivateKeyHandle(takingOwnershipOf: made)
    }

    /// Reads a PKCS #8 PrivateKeyInfo in DER (RFC 5208 section 5). Refuses what does not suit `algorithm`.
    static func read(pkcs8 der: SecretBytes, for algorithm: SignatureAlgorithm) throws(KeyError) -> PrivateKeyHandle {
        // A new reference, or null; the PrivateKeyInfo between is freed here.
        let made = unsafe withCleanCryptoErrors {
            unsafe der.withBytes { der -> OpaquePointer? in
                var cursor = unsafe der.bindMemory(to: UInt8.self).baseAddress
                guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, der.count) else { return nil }
                defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                return unsafe EVP_PKCS82PKEY(info)
            }
        }
        guard let made = unsafe made else { throw .cryptography(.readKey) }
        let key = unsafe PrivateKeyHandle(takingOwnershipOf: made)
        // Read-only question about a key that is borrowed for the call.
        let suits = unsafe key.withPointer { key in
            switch algorithm {
            case .rs256, .ps256: unsafe EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= 2048
            case .es256: unsafe EVP_PKEY_is_a(key, "EC") == 1 && paitify_is_on_p256(key) == 1
            case .edDSA: unsafe EVP_PKEY_is_a(key, "ED25519") == 1
            }
        }
        guard suits else { throw .cryptography(.readKey) }
        return key
    }

    /// The key as PKCS #8 DER, to be sealed.
    borrowing func pkcs8() throws(KeyError) -> SecretBytes {
        // A new PrivateKeyInfo, or null; freed below.
        let info = unsafe withPointer { key in unsafe withCleanCryptoErrors { unsafe EVP_PKEY2PKCS8(key) } }
        guard let info = unsafe info else { throw .cryptography(.writeKey) }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        // With no output, says how long the encoding is.
        let count = withCleanCryptoErrors { unsafe i2d_PKCS8_PRIV_KEY_INFO(info, nil) }
        guard count > 0 else { throw .cryptography(.writeKey) }
        // As long as libcrypto just said.
        return try unsafe SecretBytes(count: Int(count)) { (der) throws(KeyError) in
            var cursor = unsafe der.bindMemory(to: UInt8.self).baseAddress
            let written = withCleanCryptoErrors { unsafe i2d_PKCS8_PRIV_KEY_INFO(info, &cursor) }
            guard written == count else { throw .cryptography(.writeKey) }
        }
    }

    borrowing func publicJWK(for algorithm: SignatureAlgorithm) throws(KeyError) -> PublicJWK {
        switch algorithm {
        case .rs256, .ps256:
            PublicJWK.rsa(
                modulus: try number(OSSL_PKEY_PARAM_RSA_N), exponent: try number(OSSL_PKEY_PARAM_RSA_E))
        case .es256:
            PublicJWK.p256(
                x: try number(OSSL_PKEY_PARAM_EC_PUB_X, count: 32), y: try number(OSSL_PKEY_PARAM_EC_PUB_Y, count: 32))
        case .edDSA: PublicJWK.ed25519(try rawPublicKey(count: 32))
        }
    }

    private borrowing func rawPublicKey(count: Int) throws(KeyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var written = count
        // Writes at most as many bytes as `written` says there is room for.
        let done = unsafe withPointer { key in
            withCleanCryptoErrors { unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &written) == 1 }
        }
        guard done, written == count else { throw .cryptography(.readKey) }
        return bytes
    }

    /// A public number of the key as big-endian bytes: `count` of them, or as many as it needs, which is Base64urlUInt's
    /// form (RFC 7518 section 2).
    private borrowing func number(_ name: String, count: Int? = nil) throws(KeyError) -> [UInt8] {
        // libcrypto makes the number, and it is freed here.
        let bytes = unsafe withPointer { key in
            withCleanCryptoErrors { () -> [UInt8]? in
                var number: OpaquePointer?
                guard unsafe EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
                defer { unsafe BN_free(number) }
                var bytes = [UInt8](repeating: 0, count: count ?? Int(unsafe BN_num_bits(number) + 7) / 8)
                return unsafe BN_bn2binpad(number, &bytes, Int32(bytes.count)) == Int32(bytes.count) ? bytes : nil
            }
        }
        guard let bytes else { throw .cryptography(.readKey) }
        return bytes
    }
}
