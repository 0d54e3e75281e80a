import CryptoLib

/// OpenSSL's form of a public key, from its parts. The results are new references, or null if OpenSSL cannot make them.
///
/// OSSL_PARAM_BLD keeps pointers to the parts and to their names until the parameters are made: a part is freed after
/// that, and the names are static.
enum PublicKeyImport {
    static func rsa(modulus: [UInt8], exponent: [UInt8]) -> OpaquePointer? {
        guard let n = unsafe BN_bin2bn(modulus, Int32(clamping: modulus.count), nil) else { return nil }
        defer { unsafe BN_free(n) }
        guard let e = unsafe BN_bin2bn(exponent, Int32(clamping: exponent.count), nil) else { return nil }
        defer { unsafe BN_free(e) }
        return unsafe key(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)) { builder in
            unsafe OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_n(), n) == 1
                && OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_e(), e) == 1
        }
    }

    /// A point in its uncompressed form: 04, x, y (SEC 1 §2.3.3).
    static func p256(point: [UInt8]) -> OpaquePointer? {
        unsafe point.withUnsafeBufferPointer { point in
            unsafe key(EVP_PKEY_CTX_new_from_name(nil, "EC", nil)) { builder in
                unsafe OSSL_PARAM_BLD_push_utf8_string(builder, paitify_param_group(), paitify_group_p256(), 0) == 1
                    && OSSL_PARAM_BLD_push_octet_string(builder, paitify_param_point(), point.baseAddress, point.count)
                        == 1
            }
        }
    }

    static func ed25519(point: [UInt8]) -> OpaquePointer? {
        unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, point, point.count)
    }

    /// The key that a context of its type, which is freed, makes of the parts.
    private static func key(_ context: OpaquePointer?, pushParts: (OpaquePointer) -> Bool) -> OpaquePointer? {
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { return nil }
        defer { unsafe OSSL_PARAM_BLD_free(builder) }
        guard unsafe pushParts(builder), let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, paitify_public_key_parts(), parameters) == 1
        else { return nil }
        return unsafe key
    }
}
