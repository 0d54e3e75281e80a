import POSIX
import PluginParts
import Verifier

/// One line of JSON that is being written, in memory that was taken before. One thread at a time.
///
/// A line that would be longer than there is room for is marked so, and not written; texts are cut down to digests long
/// before (`textBytesMax`), so none is.
@safe final class LineBuffer {
    static let capacity = 1 << 16
    /// A longer text is recorded by its length and digest.
    static let textBytesMax = 1024

    private let block: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private(set) var isTooLong = false

    /// Throws `noMemory`.
    static func make() throws(VerifyError) -> LineBuffer {
        guard let block = unsafe malloc(capacity) else { throw VerifyError(.noMemory) }
        return unsafe LineBuffer(takingOwnershipOf: block.bindMemory(to: UInt8.self, capacity: capacity))
    }

    private init(takingOwnershipOf block: UnsafeMutablePointer<UInt8>) {
        unsafe self.block = block
    }

    deinit {
        unsafe free(block)
    }

    func begin() {
        count = 0
        isTooLong = false
    }

    /// What was written. As long-lived as the next change.
    @unsafe var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: block, count: count) }

    func append(_ byte: UInt8) {
        guard count < Self.capacity else {
            isTooLong = true
            return
        }
        unsafe block[count] = byte
        count += 1
    }

    func append(_ bytes: Span<UInt8>) {
        for index in bytes.indices { append(bytes[index]) }
    }

    func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe append($0.span) }
    }

    func append(_ number: Int64) { DecimalText(number).withBytes { append($0) } }

    /// Hexadecimal digits, small letters.
    func appendHex(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            append(HexDigits.digit(bytes[index] >> 4))
            append(HexDigits.digit(bytes[index] & 15))
        }
    }

    /// A JSON string of bytes that are UTF-8.
    func appendString(_ text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20, 0x7F:
                append("\\u00")
                append(HexDigits.digit(byte >> 4))
                append(HexDigits.digit(byte & 15))
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
