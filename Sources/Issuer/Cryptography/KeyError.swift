/// Why a key, or what a key protects, could not be made, opened or used.
public enum KeyError: Error, Equatable, Sendable {
    /// The text is no master key: a sentence that says what is expected, never what was given.
    case masterKeyMalformed(String)
    /// The master key's file cannot be used: its path and a sentence that says what to do.
    case masterKeyFile(path: String, String)
    /// Sealed under another master key or for another context, or altered since: nothing tells which.
    case sealBroken
    /// The system gives no random bytes.
    case noRandomness
    /// libcrypto or libcrypt refused an operation that it should not refuse; names the operation.
    case cryptography(Operation)

    /// The operation that failed, for the log.
    public enum Operation: String, Sendable {
        case generateKey, readKey, writeKey, sign, seal, hashSecret
    }
}

extension KeyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .masterKeyMalformed(let sentence): sentence
        case .masterKeyFile(let path, let sentence): "\(path): \(sentence)"
        case .sealBroken: "sealed with another master key, or altered since"
        case .noRandomness: "the system gives no random bytes"
        case .cryptography(let operation): "the cryptographic library failed: \(operation.rawValue)"
        }
    }
}
