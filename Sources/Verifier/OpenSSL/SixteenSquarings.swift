import CryptoLib

/// Raises numbers to the power of 65537, the exponent that nearly every RSA key has, modulo one key's modulus.
///
/// 65537 is 2^16 + 1: sixteen squarings and one multiplication. They are OpenSSL's (BN_mod_mul_montgomery); what is left
/// out is what its general exponentiation adds, a sixth of the time, and every allocation. The numbers are a signature and
/// a public key, so that nothing is secret and nothing needs to take constant time.
@safe struct SixteenSquarings: ~Copyable, @unchecked Sendable {
    // Sendable: the modulus is only read, and a scratch is one thread's at a time.

    /// The modulus, prepared for multiplying (Montgomery's form: numbers a·R for a). Only ever read.
    private let modulus: OpaquePointer
    /// Memory that OpenSSL's numbers take their words from, and keep.
    private let scratches = StripedPool()

    /// For an odd modulus; nil if there is no memory.
    static func make(modulus: [UInt8]) -> SixteenSquarings? {
        guard let number = unsafe BN_bin2bn(modulus, Int32(clamping: modulus.count), nil) else { return nil }
        defer { unsafe BN_free(number) }
        guard let scratch = unsafe BN_CTX_new() else { return nil }
        defer { unsafe BN_CTX_free(scratch) }
        guard let prepared = unsafe BN_MONT_CTX_new() else { return nil }
        guard unsafe BN_MONT_CTX_set(prepared, number, scratch) == 1 else {
            unsafe BN_MONT_CTX_free(prepared)
            return nil
        }
        return unsafe SixteenSquarings(takingOwnershipOf: prepared)
    }

    private init(takingOwnershipOf modulus: OpaquePointer) {
        unsafe self.modulus = modulus
    }

    deinit {
        unsafe scratches.empty { unsafe BN_CTX_free($0) }
        unsafe BN_MONT_CTX_free(modulus)
    }

    /// Writes `number` ^ 65537 mod the modulus, as big-endian as it came, into `power`; both have as many bytes as the
    /// modulus, and the number is below it. Returns false if there is no memory.
    borrowing func raise(_ number: UnsafeBufferPointer<UInt8>, into power: UnsafeMutablePointer<UInt8>) -> Bool {
        guard let scratch = unsafe scratches.take() ?? BN_CTX_new() else { return false }
        unsafe BN_CTX_start(scratch)
        let done = unsafe raise(number, into: power, scratch)
        unsafe BN_CTX_end(scratch)
        unsafe BN_CTX_free(scratches.put(scratch))
        return done
    }

    private borrowing func raise(
        _ number: UnsafeBufferPointer<UInt8>, into power: UnsafeMutablePointer<UInt8>, _ scratch: OpaquePointer
    ) -> Bool {
        let count = Int32(clamping: number.count)
        guard let base = unsafe BN_CTX_get(scratch), let product = unsafe BN_CTX_get(scratch),
            unsafe BN_bin2bn(number.baseAddress, count, base) != nil,
            unsafe BN_to_montgomery(product, base, modulus, scratch) == 1
        else { return false }
        // product = base·R; multiplying two such numbers leaves one R: product = base^(2^16)·R.
        for _ in 0..<16 {
            guard unsafe BN_mod_mul_montgomery(product, product, product, modulus, scratch) == 1 else { return false }
        }
        // By the base itself, which has no R: it takes the last one away.
        return unsafe BN_mod_mul_montgomery(product, product, base, modulus, scratch) == 1
            && BN_bn2binpad(product, power, count) == count
    }
}
