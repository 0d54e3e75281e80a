import AuditLog
import CBoundary
import Verifier

/// A hash as a C string: its digits and a NUL, 65 bytes.
enum HashText {
    static func write(_ hash: InlineArray<32, UInt8>, into text: UnsafeMutableRawBufferPointer) {
        for index in hash.indices {
            unsafe text[2 * index] = HexDigits.digit(hash[index] >> 4)
            unsafe text[2 * index + 1] = HexDigits.digit(hash[index] & 15)
        }
        unsafe text[HexDigits.hashCount] = 0
    }

    /// Throws `argument` for a text that is no hash.
    static func read(_ text: UnsafePointer<CChar>) throws(VerifyError) -> InlineArray<32, UInt8> {
        guard let digits = unsafe bytes(of: text, bytesMax: HexDigits.hashCount),
            let hash = unsafe HexDigits.hash(digits.span)
        else {
            throw VerifyError(.argument, "wanted_hash is not 64 hexadecimal digits in small letters.")
        }
        return hash
    }
}
