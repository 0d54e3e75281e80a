import CryptoLib

/// RSA keys of any length, made without a search for primes: those are 2^a - c, with a and c from a table.
enum SpecialRSAKey {
    private static let primes: [Int: [(power: Int32, below: UInt)]] = [
        2048: [(1024, 105), (1024, 179)],
        2049: [(1025, 2673), (1024, 105)],
        2050: [(1025, 2673), (1025, 3925)],
        2053: [(1027, 4959), (1026, 2531)],
        2055: [(1028, 497), (1027, 4959)],
        2056: [(1028, 497), (1028, 2925)],
        3072: [(1536, 3453), (1536, 4977)],
        4095: [(2048, 1557), (2047, 85)],
        4096: [(2048, 1557), (2048, 2543)],
    ]

    /// A new reference, or null if OpenSSL cannot make the key: not every exponent goes with every modulus.
    static func make(bits: Int, exponent: UInt) -> OpaquePointer? {
        guard let primes = primes[bits] else { return nil }
        let context = unsafe BN_CTX_secure_new()
        let builder = unsafe OSSL_PARAM_BLD_new()
        let (n, e, d) = unsafe (BN_new(), BN_new(), BN_new())
        let (p, q, totient) = unsafe (BN_new(), BN_new(), BN_new())
        defer {
            unsafe [n, e, d, p, q, totient].forEach { unsafe BN_free($0) }
            unsafe OSSL_PARAM_BLD_free(builder)
            unsafe BN_CTX_free(context)
        }
        let computed =
            unsafe BN_set_word(e, exponent) == 1
            && BN_set_bit(p, primes[0].power) == 1 && BN_sub_word(p, primes[0].below) == 1
            && BN_set_bit(q, primes[1].power) == 1 && BN_sub_word(q, primes[1].below) == 1
            && BN_mul(n, p, q, context) == 1 && BN_sub_word(p, 1) == 1 && BN_sub_word(q, 1) == 1
            && BN_mul(totient, p, q, context) == 1 && BN_mod_inverse(d, e, totient, context) != nil
            && OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_n(), n) == 1
            && OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_e(), e) == 1
            && OSSL_PARAM_BLD_push_BN(builder, paitify_param_rsa_d(), d) == 1
        guard computed, let parameters = unsafe OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { unsafe OSSL_PARAM_free(parameters) }
        let maker = unsafe EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        defer { unsafe EVP_PKEY_CTX_free(maker) }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(maker) == 1,
            unsafe EVP_PKEY_fromdata(maker, &key, paitify_key_pair_parts(), parameters) == 1
        else { return nil }
        return unsafe key
    }
}
