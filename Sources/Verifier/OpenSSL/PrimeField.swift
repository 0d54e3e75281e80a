import CryptoLib

/// Numbers modulo a prime: as much of them as it takes to ask, when a key is installed, whether it is a curve's point.
///
/// Not for secrets: it takes the time that the numbers make it take. Every failure is want of memory.
@safe struct PrimeField: ~Copyable {
    private let prime: Number
    private let context: OpaquePointer

    /// A number below the prime.
    @safe struct Number: ~Copyable {
        fileprivate let pointer: OpaquePointer

        /// Reads big-endian bytes, or makes 0 of none.
        fileprivate init(_ bytes: Span<UInt8>) throws(VerifyError) {
            let pointer = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe BN_bin2bn(bytes.baseAddress, Int32(clamping: bytes.count), nil)
            }
            guard let pointer = unsafe pointer else { throw VerifyError(.noMemory) }
            unsafe self.pointer = pointer
        }

        deinit {
            unsafe BN_free(pointer)
        }

        borrowing func equals(_ other: borrowing Number) -> Bool { unsafe BN_cmp(pointer, other.pointer) == 0 }
    }

    init(prime: Span<UInt8>) throws(VerifyError) {
        let prime = try Number(prime)
        guard let context = unsafe BN_CTX_new() else { throw VerifyError(.noMemory) }
        self.prime = prime
        unsafe self.context = context
    }

    deinit {
        unsafe BN_CTX_free(context)
    }

    /// The number of big-endian bytes, or nil if it is not below the prime.
    borrowing func number(_ bytes: Span<UInt8>) throws(VerifyError) -> Number? {
        let number = try Number(bytes)
        guard unsafe BN_cmp(number.pointer, prime.pointer) < 0 else { return nil }
        return number
    }

    borrowing func sum(_ one: borrowing Number, _ other: borrowing Number) throws(VerifyError) -> Number {
        try unsafe result { unsafe BN_mod_add($0, one.pointer, other.pointer, prime.pointer, context) }
    }

    borrowing func difference(_ one: borrowing Number, _ other: borrowing Number) throws(VerifyError) -> Number {
        try unsafe result { unsafe BN_mod_sub($0, one.pointer, other.pointer, prime.pointer, context) }
    }

    borrowing func product(_ one: borrowing Number, _ other: borrowing Number) throws(VerifyError) -> Number {
        try unsafe result { unsafe BN_mod_mul($0, one.pointer, other.pointer, prime.pointer, context) }
    }

    /// Whether the number is the square of one (Euler's criterion).
    borrowing func isSquare(_ number: borrowing Number) throws(VerifyError) -> Bool {
        switch unsafe BN_kronecker(number.pointer, prime.pointer, context) {
        case 0, 1: true
        case -1: false
        default: throw VerifyError(.noMemory)
        }
    }

    private borrowing func result(_ compute: (OpaquePointer) -> Int32) throws(VerifyError) -> Number {
        let none: InlineArray<0, UInt8> = []
        let result = try Number(none.span)
        guard unsafe compute(result.pointer) == 1 else { throw VerifyError(.noMemory) }
        return result
    }
}
