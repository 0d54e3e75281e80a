/// Why a text is not the JSON that a token may hold, and where. Nothing here allocates: a refusal has to be cheap.
struct JSONFault: Error {
    enum Kind: UInt8 {
        /// Not the grammar of RFC 8259.
        case syntax
        case prematureEnd
        case trailingBytes
        /// Not UTF-8, or half of a surrogate pair, which is no character (RFC 8259 §8.2).
        case invalidText
        /// U+0000, escaped; C programs would take it for the end of the text.
        case nulCharacter
        case tooDeep
        case duplicateMember
        case tooManyMembers
        /// More values than the tape has room for: the room is reckoned so that this does not happen.
        case tapeFull
    }

    let kind: Kind
    /// Bytes from the start of the text.
    let offset: Int

    var text: StaticString { kind.text }
}

extension JSONFault.Kind {
    /// What is wrong, as it follows "the token's payload is not the JSON that it should be: ".
    var text: StaticString {
        switch self {
        case .syntax: "it breaks the grammar of RFC 8259"
        case .prematureEnd: "it ends too early"
        case .trailingBytes: "something follows its end"
        case .invalidText: "it is not UTF-8, or has half a surrogate pair"
        case .nulCharacter: "it has a NUL character"
        case .tooDeep: "it is nested too deep"
        case .duplicateMember: "it has two members of one name"
        case .tooManyMembers: "it has too many members"
        case .tapeFull: "it has too many values"
        }
    }
}
