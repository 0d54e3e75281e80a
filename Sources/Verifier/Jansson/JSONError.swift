/// Why bytes were refused as JSON, and where.
package struct JSONError: Error, Sendable {
    package enum Kind: Sendable, Equatable {
        /// Not JSON by RFC 8259 (an escape for half a surrogate pair included), or a root that is no object and no
        /// array.
        case syntax
        /// The input ends inside a value.
        case prematureEnd
        /// Bytes other than white space follow the root value.
        case trailingBytes
        /// One object has two members of one name, however they are spelled (`"a"` and `"\u0061"` are one).
        case duplicateMember
        /// Bytes that are not UTF-8.
        case invalidUTF8
        /// `\u0000` in a string: a C reader would take the string to end there.
        case nulCharacter
        /// An integer beyond Int64, or a real beyond Double.
        case numberOutOfRange
        /// More nested objects and arrays than the caller allows.
        case tooDeep
        case outOfMemory
    }

    package let kind: Kind
    /// Byte offset from the start of the input at which reading stopped.
    package let position: Int
    /// What was wrong, in jansson's words where jansson found it. It can quote the input near `position`.
    package let text: String

    package init(_ kind: Kind, position: Int, text: String) {
        self.kind = kind
        self.position = position
        self.text = text
    }
}
