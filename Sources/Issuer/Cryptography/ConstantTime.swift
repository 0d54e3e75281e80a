internal import CryptoLib

enum ConstantTime {
    /// Takes the same time however much of them is equal. Their lengths are no secret.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        // Both have as many bytes as the count says.
        return unsafe CRYPTO_memcmp(one, other, one.count) == 0
    }
}
