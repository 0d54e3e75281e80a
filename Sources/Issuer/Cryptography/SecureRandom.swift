internal import CryptoLib

/// Random bytes that nobody can foresee: libcrypto's generator, seeded by the system. Any thread.
public enum SecureRandom {
    public static func bytes(count: Int) throws(KeyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // Writes as many bytes as the array has.
        let filled = withCleanCryptoErrors { unsafe RAND_bytes(&bytes, Int32(count)) }
        guard filled == 1 else { throw .noRandomness }
        return bytes
    }
}
