/// The fingerprint of RSA keys that Infineon's library generated (CVE-2017-15361): their private parts can be computed.
///
/// Nemec, Sys, Svenda, Klinec, Matyas: "The Return of Coppersmith's Attack", ACM CCS 2017, §3.1. Such primes have the
/// form k·M + (65537^a mod M), with M the product of the first primes; so the modulus is a power of 65537 modulo each
/// of them. For a sound key all of these hold with a probability below 2^-27 (2048 bits).
enum ROCA {
    /// The odd primes up to 167, which divide every M of key lengths up to 4096 bits.
    private static let primes: InlineArray<38, UInt32> = [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
        113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
    ]

    /// Whether the big-endian modulus bears the fingerprint.
    static func marks(_ modulus: [UInt8]) -> Bool {
        for index in primes.indices {
            let prime = primes[index]
            var remainder: UInt32 = 0
            for byte in modulus { remainder = (remainder << 8 | UInt32(byte)) % prime }
            if !isPowerOf65537(remainder, modulo: prime) { return false }
        }
        return true
    }

    private static func isPowerOf65537(_ value: UInt32, modulo prime: UInt32) -> Bool {
        let generator = 65537 % prime
        var power: UInt32 = 1
        repeat {
            if power == value { return true }
            power = power * generator % prime
        } while power != 1
        return false
    }
}
