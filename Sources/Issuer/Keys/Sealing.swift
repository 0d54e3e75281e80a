internal import CryptoLib

/// Encryption of what the store must not show: AES-256-GCM under a key derived from the master key. Any thread.
///
/// Sealed bytes are a version byte, a 96-bit random nonce, the ciphertext and the 128-bit tag. Each context has a key of
/// its own, HMAC-SHA-256 of the context under the master key, so that no key ever nears the 2^32 messages for which
/// random nonces are good (NIST SP 800-38D section 8.3).
enum Sealing {
    private static let version: UInt8 = 1
    private static let overhead = 1 + AES256GCM.nonceCount + AES256GCM.tagCount

    /// `context` says what this is and whose, such as `signing-key:<kid>`: it opens under no other.
    static func seal(_ plaintext: [UInt8], under masterKey: MasterKey, context: String) throws(KeyError) -> [UInt8] {
        try seal(SecretBytes(plaintext), under: masterKey, context: context)
    }

    static func seal(
        _ plaintext: SecretBytes, under masterKey: MasterKey, context: String
    ) throws(KeyError) -> [UInt8] {
        let nonce = try SecureRandom.bytes(count: AES256GCM.nonceCount)
        let message = try AES256GCM.encrypt(
            plaintext, key: try key(for: context, masterKey), nonce: nonce, additional: additional(context))
        return [version] + nonce + message
    }

    /// Throws `KeyError.sealBroken` for another master key, another context, or a single altered bit.
    static func open(_ sealed: [UInt8], under masterKey: MasterKey, context: String) throws(KeyError) -> [UInt8] {
        // Copied before the bytes are wiped.
        try unsafe openSecret(sealed, under: masterKey, context: context).withBytes { bytes in
            unsafe [UInt8](bytes)
        }
    }

    static func openSecret(
        _ sealed: [UInt8], under masterKey: MasterKey, context: String
    ) throws(KeyError) -> SecretBytes {
        guard sealed.count >= overhead, sealed[0] == version else { throw .sealBroken }
        let nonce = Array(sealed[1...AES256GCM.nonceCount])
        let message = Array(sealed[(1 + AES256GCM.nonceCount)...])
        return try AES256GCM.decrypt(
            message, key: try key(for: context, masterKey), nonce: nonce, additional: additional(context))
    }

    private static func additional(_ context: String) -> [UInt8] {
        [version] + Array(context.utf8)
    }

    private static func key(for context: String, _ masterKey: MasterKey) throws(KeyError) -> SecretBytes {
        let label = Array("paitify sealing key 1:\(context)".utf8)
        // SHA-256 fills exactly the 32 bytes that `key` has.
        return try unsafe SecretBytes(count: AES256GCM.keyCount) { (key) throws(KeyError) in
            let made = unsafe masterKey.secret.withBytes { master in
                unsafe MessageDigest.sha256.withPointer { md in
                    unsafe HMAC(
                        md, master.baseAddress, Int32(master.count), label, label.count,
                        key.bindMemory(to: UInt8.self).baseAddress, nil)
                }
            }
            guard unsafe made != nil else { throw .cryptography(.seal) }
        }
    }
}
