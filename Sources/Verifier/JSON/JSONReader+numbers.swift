extension JSONReader {
    /// Reads a number that begins here (RFC 8259 §6). One with a fraction or an exponent is only ever noted as such: no
    /// amount and no time is written so, and no floating point touches what is.
    mutating func readNumber() throws(JSONFault) -> JSONNode {
        let isNegative = byte == UInt8(ascii: "-")
        if isNegative { position += 1 }

        // Counted downwards, for Int64 reaches further there.
        var value: Int64 = 0
        var isHuge = false
        if byte == UInt8(ascii: "0") {
            position += 1
        } else {
            guard isDigit else { throw unexpected() }
            while isDigit {
                let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
                let (next, underflow) = tenfold.subtractingReportingOverflow(Int64(byte &- UInt8(ascii: "0")))
                isHuge = isHuge || overflow || underflow
                value = next
                position += 1
            }
        }

        var isReal = false
        if byte == UInt8(ascii: ".") {
            isReal = true
            position += 1
            try skipDigits()
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            isReal = true
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }

        if isReal { return JSONNode(.real) }
        if isHuge || (!isNegative && value == .min) { return JSONNode(.hugeInteger) }
        return JSONNode(integer: isNegative ? value : 0 &- value)
    }

    private mutating func skipDigits() throws(JSONFault) {
        guard isDigit else { throw unexpected() }
        while isDigit { position += 1 }
    }

    private var isDigit: Bool { byte &- UInt8(ascii: "0") < 10 }
}
