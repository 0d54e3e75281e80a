import POSIX

/// A sentence of bounded length that takes no memory of its own: why something failed, also where memory is what ran
/// out.
package struct ShortText: Sendable {
    package static let bytesMax = 191

    private var bytes = InlineArray<191, UInt8>(repeating: 0)
    private var count = 0

    package init() {}

    package init(_ text: StaticString) { append(text) }

    /// A beginning, and the system's words for an error's number.
    package init(_ beginning: StaticString, systemError number: Int32) {
        append(beginning)
        var words = InlineArray<96, CChar>(repeating: 0)
        var span = words.mutableSpan
        unsafe span.withUnsafeMutableBufferPointer { unsafe posix_error_text(number, $0.baseAddress, $0.count) }
        for index in words.indices {
            guard words[index] != 0 else { return }
            append(UInt8(bitPattern: words[index]))
        }
    }

    /// Adds as much as there is room for.
    package mutating func append(_ words: Span<UInt8>) {
        for index in words.indices { append(words[index]) }
    }

    private mutating func append(_ byte: UInt8) {
        guard count < Self.bytesMax else { return }
        bytes[count] = byte
        count += 1
    }

    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe append($0.span) }
    }

    package var string: String {
        withBytes { bytes in
            unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    package func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(first: count))
    }
}
