internal import CryptoLib
internal import Synchronization

/// Random bytes that nobody can foresee: libcrypto's generator, seeded by the system. Any thread.
public enum SecureRandom {
    /// Throws `noRandomness` where the generator has none.
    public static func bytes(count: Int) throws(KeyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // Writes as many bytes as the array has.
        let filled = withCleanCryptoErrors { unsafe RAND_bytes(&bytes, Int32(count)) }
        guard filled == 1 else { throw .noRandomness }
        return bytes
    }

    /// 64 random bits. Each request takes several, so they are made some hundreds at a time: the system's generator answers
    /// each call with a system call of its own.
    public static func number() -> UInt64 {
        ahead.withLock { ahead in
            if ahead.isEmpty { ahead = batch() }
            // Taken out, so that none is given twice, nor is left in memory.
            return ahead.removeLast()
        }
    }

    private static let ahead = Mutex<[UInt64]>([])
    private static let batchCount = 256

    private static func batch() -> [UInt64] {
        guard let bytes = try? bytes(count: batchCount * 8) else {
            var system = SystemRandomNumberGenerator()
            return [system.next()]
        }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
