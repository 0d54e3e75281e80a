internal import CryptLib
internal import CryptoLib

/// bcrypt as libxcrypt has it (`$2b$`). Each call takes long on purpose: see `BcryptPool` for where to make it.
enum Bcrypt {
    /// Each step doubles the work.
    static let costRange = 4...31
    /// bcrypt reads no further: what follows would not count.
    private static let secretBytesMax = 72
    private static let saltCount = 16

    /// A hash with a fresh salt, 60 characters.
    static func hash(_ secret: String, cost: Int) throws(KeyError) -> String {
        let salt = try SecureRandom.bytes(count: saltCount)
        guard let setting = setting(cost: cost, salt: salt), let hash = crypt(secret, setting: setting) else {
            throw .cryptography(.hashSecret)
        }
        return hash
    }

    /// Whether `hash` is `secret`'s. The time it takes does not tell how much of it fits.
    static func verify(_ secret: String, _ hash: String) -> Bool {
        guard let found = crypt(secret, setting: hash) else { return false }
        return ConstantTime.areEqual(Array(hash.utf8), Array(found.utf8))
    }

    private static func setting(cost: Int, salt: [UInt8]) -> String? {
        precondition(costRange.contains(cost) && salt.count == saltCount)
        var setting = [CChar](repeating: 0, count: Int(paitify_crypt_setting_size))
        // The salt is read as bytes, the output has the size that libcrypt asks for.
        let written = unsafe salt.withUnsafeBytes { salt in
            unsafe crypt_gensalt_rn(
                "$2b$", UInt(cost), salt.bindMemory(to: CChar.self).baseAddress, Int32(salt.count), &setting,
                Int32(setting.count))
        }
        guard unsafe written != nil else { return nil }
        return String(decoding: setting.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// crypt(3): nil when `setting` is none that libcrypt knows.
    static func crypt(_ secret: String, setting: String) -> String? {
        precondition(
            secret.utf8.count <= secretBytesMax && !secret.utf8.contains(0),
            "bcrypt would ignore a part of this secret")
        // 32 KiB, too much for a thread's stack; zeroed, as crypt_rn asks, and wiped, for the secret has been in it.
        let memory = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        unsafe memory.initialize(to: crypt_data())
        defer {
            unsafe OPENSSL_cleanse(memory, MemoryLayout<crypt_data>.size)
            unsafe memory.deallocate()
        }
        // The answer is inside `memory`: copied before that goes.
        guard let hash = unsafe crypt_rn(secret, setting, memory, Int32(MemoryLayout<crypt_data>.size)) else {
            return nil
        }
        return unsafe String(cString: hash)
    }
}
