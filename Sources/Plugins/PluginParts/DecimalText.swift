/// A number's decimal digits, without memory of their own.
package struct DecimalText: Sendable {
    private var bytes = InlineArray<20, UInt8>(repeating: 0)
    private var start = 20

    package init(_ number: Int64) {
        var rest = number.magnitude
        repeat {
            start -= 1
            bytes[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if number < 0 {
            start -= 1
            bytes[start] = UInt8(ascii: "-")
        }
    }

    package var count: Int { 20 - start }

    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(start..<20))
    }
}
