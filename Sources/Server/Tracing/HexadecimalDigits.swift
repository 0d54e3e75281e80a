extension UInt64 {
    /// All 16 hexadecimal digits, in lower case: how random identifiers are written.
    var hexadecimalDigits: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = stride(from: 60, through: 0, by: -4).map { digits[Int(self >> $0 & 15)] }
        return String(decoding: text, as: UTF8.self)
    }
}
