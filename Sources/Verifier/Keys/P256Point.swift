/// Whether coordinates are a point of P-256 (SP 800-186 §3.2.1.3): the curve's order is prime, so any point but the one
/// at infinity, which has no coordinates, is a sound public key.
///
/// A point of another curve is how private keys are drawn out of a party that computes with one (invalid-curve attack).
/// A verifier has none; but who publishes such a key has not made it by the rules.
enum P256Point {
    static let coordinateBytes = 32

    private static let prime: InlineArray<32, UInt8> = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ]
    private static let b: InlineArray<32, UInt8> = [
        0x5A, 0xC6, 0x35, 0xD8, 0xAA, 0x3A, 0x93, 0xE7, 0xB3, 0xEB, 0xBD, 0x55, 0x76, 0x98, 0x86, 0xBC, 0x65, 0x1D,
        0x06, 0xB0, 0xCC, 0x53, 0xB0, 0xF6, 0x3B, 0xCE, 0x3C, 0x3E, 0x27, 0xD2, 0x60, 0x4B,
    ]

    /// Whether both numbers are below the prime and y² = x³ - 3x + b. Throws `noMemory`.
    static func isOnCurve(x: [UInt8], y: [UInt8]) throws(VerifyError) -> Bool {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            let prime = prime
            let b = b
            let three: InlineArray<1, UInt8> = [3]
            let field = try PrimeField(prime: prime.span)
            guard let x = try field.number(x.span), let y = try field.number(y.span),
                let b = try field.number(b.span), let three = try field.number(three.span)
            else { return false }
            let cubic = try field.product(x, field.difference(field.product(x, x), three))
            return try field.product(y, y).equals(field.sum(cubic, b))
        }
    }
}
