/// EMSA-PSS (RFC 8017 §9.1) as RFC 7518 §3.5 has it for PS256: SHA-256, MGF1 with SHA-256, a salt as long as the digest.
enum PSSEncoding {
    private static let hashCount = SHA256.byteCount
    /// Exactly this long. A verifier that takes the length from the signature accepts more than the issuer meant.
    private static let saltCount = SHA256.byteCount

    /// EMSA-PSS-VERIFY (§9.1.2) of what a signature opened to: as many bytes as the modulus, whose bits are
    /// `modulusBits`. The caller sees to OpenSSL's error queue. Throws `noMemory` if it could not be checked.
    static func isEncoding(
        _ opened: Span<UInt8>, of message: Span<UInt8>, modulusBits: Int, sha256: SHA256
    ) throws(VerifyError) -> Bool {
        // §8.1.2, step 2c: EM has one byte less than the modulus if that has 8k + 1 bits; the byte is then 0.
        let encodedBits = modulusBits - 1
        let encodedCount = (encodedBits + 7) / 8
        guard opened.count >= encodedCount, opened.count <= RSAPublicKey.byteCountMax,
            opened.extracting(droppingLast: encodedCount).isZero
        else { return false }
        let encoded = opened.extracting(last: encodedCount)

        // Steps 3 to 5: maskedDB, H, BC.
        guard encodedCount >= hashCount + saltCount + 2, encoded[encodedCount - 1] == 0xBC else { return false }
        let blockCount = encodedCount - hashCount - 1
        let maskedBlock = encoded.extracting(first: blockCount)
        let hash = encoded.extracting(blockCount..<(encodedCount - 1))

        // Step 6: the bits by which EM is longer than encodedBits are 0.
        let unusedBits = UInt8(truncatingIfNeeded: 8 * encodedCount - encodedBits)
        let usedMask: UInt8 = 0xFF >> unusedBits
        guard maskedBlock[0] & ~usedMask == 0 else { return false }

        // Steps 7 to 9: DB.
        var block = RSAPublicKey.Block(repeating: 0)
        for index in maskedBlock.indices { block[index] = maskedBlock[index] }
        try unmask(&block, count: blockCount, seed: hash, sha256: sha256)
        block[0] &= usedMask

        // Step 10: DB is 00 … 00 01, salt.
        let paddingCount = blockCount - saltCount - 1
        guard block.span.extracting(first: paddingCount).isZero, block[paddingCount] == 0x01 else { return false }

        // Steps 11 to 14: H is the hash of eight zeros, the message's digest (steps 1 and 2) and the salt. A message that
        // is forged is not hashed: what its signature opens to is no padding.
        let digest = try sha256.digest(of: message)
        let salt = block.span.extracting((paddingCount + 1)..<blockCount)
        var salted = InlineArray<72, UInt8>(repeating: 0)
        for index in digest.indices { salted[8 + index] = digest[index] }
        for index in salt.indices { salted[8 + hashCount + index] = salt[index] }
        return hash.equals(try sha256.digest(of: salted.span).span)
    }

    /// DB = maskedDB xor MGF1(seed): a hash of the seed and a counter for every 32 bytes (§B.2.1). The last hash may reach
    /// beyond `count` bytes, where nothing is looked at.
    private static func unmask(
        _ block: inout RSAPublicKey.Block, count: Int, seed: Span<UInt8>, sha256: SHA256
    ) throws(VerifyError) {
        var counted = InlineArray<36, UInt8>(repeating: 0)
        for index in seed.indices { counted[index] = seed[index] }
        for start in stride(from: 0, to: count, by: hashCount) {
            counted[35] = UInt8(truncatingIfNeeded: start / hashCount)
            let mask = try sha256.digest(of: counted.span)
            toggle(&block, by: mask, at: start)
        }
    }

    /// Word by word: byte after byte took a fifteenth of a verification.
    private static func toggle(_ block: inout RSAPublicKey.Block, by mask: SHA256.Digest, at start: Int) {
        guard start >= 0, start + hashCount <= RSAPublicKey.byteCountMax else { return }
        var bytes = block.mutableSpan
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe mask.span.withUnsafeBytes { mask in
                for offset in stride(from: 0, to: hashCount, by: 8) {
                    let before = unsafe bytes.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
                    let mask = unsafe mask.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    unsafe bytes.storeBytes(of: before ^ mask, toByteOffset: start + offset, as: UInt64.self)
                }
            }
        }
    }
}
