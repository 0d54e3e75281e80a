/// One entry of a `JSONTape`: a value, or the name of a member, which is followed by the member's value.
///
/// An object or array is followed by everything in it, in the order of the text. Sixteen bytes, without references.
struct JSONNode: BitwiseCopyable {
    enum Kind: UInt8 {
        case null, boolFalse, boolTrue
        /// Written without fraction and exponent, and within Int64.
        case integer
        /// Written without fraction and exponent, beyond Int64.
        case hugeInteger
        /// Written with a fraction or an exponent, be it a whole number (`1.0`, `1e9`). It never becomes a number here.
        case real
        /// Text without escapes: its bytes are those of the document.
        case string
        /// Text with escapes: its bytes were put, at the same offset, where the reader unescapes.
        case unescapedString
        case object, array
    }

    private(set) var kind: Kind
    /// Of a member's name, a hash of its bytes; of an object or array, the index of the entry after all that is in it.
    var link: UInt32 = 0
    private var low: UInt32 = 0
    private var high: UInt32 = 0

    /// null, true, false, or a number that has no value here.
    init(_ kind: Kind) { self.kind = kind }

    init(integer: Int64) {
        kind = .integer
        low = UInt32(truncatingIfNeeded: integer)
        high = UInt32(truncatingIfNeeded: integer >> 32)
    }

    /// Text of `count` bytes at `start`.
    init(_ kind: Kind, start: Int, count: Int) {
        self.kind = kind
        low = UInt32(truncatingIfNeeded: start)
        high = UInt32(truncatingIfNeeded: count)
    }

    /// Of an integer.
    var integer: Int64 { Int64(Int32(bitPattern: high)) << 32 | Int64(low) }
    /// Of text: the offset of its first byte.
    var start: Int { Int(low) }
    /// Of text: its bytes. Of an object or array: its members or elements.
    var count: Int {
        get { Int(high) }
        set { high = UInt32(truncatingIfNeeded: newValue) }
    }
}
