internal import CryptoLib

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a 96-bit nonce; the 128-bit tag follows the ciphertext.
enum AES256GCM {
    static let keyCount = 32
    static let nonceCount = 12
    static let tagCount = 16

    /// The ciphertext and its tag. A nonce must never serve twice under one key.
    static func encrypt(
        _ plaintext: SecretBytes, key: SecretBytes, nonce: [UInt8], additional: [UInt8]
    ) throws(KeyError) -> [UInt8] {
        let context = try CipherContext(encrypting: true, key: key, nonce: nonce)
        var message = [UInt8](repeating: 0, count: plaintext.count + tagCount)
        var tag = [UInt8](repeating: 0, count: tagCount)
        // `message` is longer than the plaintext; GCM writes as many bytes as it reads.
        let done =
            unsafe context.add(additional)
            && plaintext.withBytes { plaintext in unsafe context.update(plaintext, output: &message) }
            && context.finish()
            && context.control(EVP_CTRL_AEAD_GET_TAG, &tag)
        guard done else { throw .cryptography(.seal) }
        message.replaceSubrange(plaintext.count..., with: tag)
        return message
    }

    /// The plaintext, or `KeyError.sealBroken` when the tag does not fit: nothing of it is given out then.
    static func decrypt(
        _ message: [UInt8], key: SecretBytes, nonce: [UInt8], additional: [UInt8]
    ) throws(KeyError) -> SecretBytes {
        guard message.count >= tagCount else { throw .sealBroken }
        let context = try CipherContext(encrypting: false, key: key, nonce: nonce)
        var tag = Array(message.suffix(tagCount))
        return try unsafe SecretBytes(count: message.count - tagCount) { (plaintext) throws(KeyError) in
            // `plaintext` has as many bytes as are read: all but the tag.
            let done =
                unsafe context.control(EVP_CTRL_AEAD_SET_TAG, &tag) && context.add(additional)
                && message.withUnsafeBytes { message in
                    unsafe context.update(
                        UnsafeRawBufferPointer(rebasing: message.dropLast(tagCount)),
                        output: plaintext.bindMemory(to: UInt8.self).baseAddress)
                }
                && context.finish()
            guard done else { throw .sealBroken }
        }
    }
}

/// One encryption or decryption under way; each step says whether libcrypto did it.
@safe private struct CipherContext: ~Copyable {
    // Made by init, freed (and wiped) by deinit, and used only by calls that end before they return.
    private let pointer: OpaquePointer

    init(encrypting: Bool, key: SecretBytes, nonce: [UInt8]) throws(KeyError) {
        precondition(key.count == AES256GCM.keyCount && nonce.count == AES256GCM.nonceCount)
        guard let pointer = unsafe EVP_CIPHER_CTX_new() else { throw .cryptography(.seal) }
        // The counts are what the cipher reads, see the precondition.
        let started = withCleanCryptoErrors {
            unsafe key.withBytes { key in
                unsafe EVP_CipherInit_ex2(
                    pointer, Cipher.aes256GCM.pointer, key.bindMemory(to: UInt8.self).baseAddress, nonce,
                    encrypting ? 1 : 0, nil)
            }
        }
        guard started == 1 else {
            unsafe EVP_CIPHER_CTX_free(pointer)
            throw .cryptography(.seal)
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(pointer)
    }

    /// Takes bytes that are authenticated and not encrypted.
    borrowing func add(_ additional: [UInt8]) -> Bool {
        var written: Int32 = 0
        // No output for additional data (EVP_EncryptInit(3), AEAD interface).
        return withCleanCryptoErrors {
            unsafe EVP_CipherUpdate(pointer, nil, &written, additional, Int32(additional.count)) == 1
        }
    }

    /// `output` must have room for as many bytes as `input` has.
    borrowing func update(_ input: UnsafeRawBufferPointer, output: UnsafeMutablePointer<UInt8>?) -> Bool {
        var written: Int32 = 0
        return withCleanCryptoErrors {
            // The caller keeps both buffers until this returns.
            unsafe EVP_CipherUpdate(
                pointer, output, &written, input.bindMemory(to: UInt8.self).baseAddress, Int32(input.count)) == 1
        }
    }

    /// Makes the tag, or compares it with the one that was set.
    borrowing func finish() -> Bool {
        var written: Int32 = 0
        // GCM has no padding: the last step writes nothing, but wants somewhere to write.
        var nothing = [UInt8](repeating: 0, count: 16)
        return withCleanCryptoErrors { unsafe EVP_CipherFinal_ex(pointer, &nothing, &written) == 1 }
    }

    borrowing func control(_ command: Int32, _ tag: inout [UInt8]) -> Bool {
        // Reads or writes exactly the count that it is told.
        withCleanCryptoErrors { unsafe EVP_CIPHER_CTX_ctrl(pointer, command, Int32(tag.count), &tag) == 1 }
    }
}

/// A cipher, fetched once; immutable and reference-counted by libcrypto, so any thread may use it.
@safe private struct Cipher: @unchecked Sendable {
    static let aes256GCM = Cipher(named: "AES-256-GCM")

    // Freed by nobody: the one instance lives as long as the process.
    let pointer: OpaquePointer

    private init(named name: String) {
        guard let pointer = unsafe EVP_CIPHER_fetch(nil, name, nil) else {
            preconditionFailure("libcrypto has no \(name): its configuration leaves no provider that does")
        }
        unsafe self.pointer = unsafe pointer
    }
}
