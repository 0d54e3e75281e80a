import Jansson

/// A parsed JSON text, strictly read and immutable; the one owner of jansson's tree.
///
/// Strict means: one root (object or array), nothing after it, no duplicate member names at any depth, valid UTF-8, no
/// NUL, bounded depth. Values are read through `root`; every `JSONValue` keeps its document alive.
///
/// Safe to share between threads: nothing changes the tree once it is parsed.
@safe package final class JSONDocument: @unchecked Sendable {
    // Sendable: the tree is never written after init, and jansson's readers change nothing, not even a count.
    private let tree: UnsafeMutablePointer<json_t>

    private init(takingOwnershipOf tree: UnsafeMutablePointer<json_t>) {
        unsafe self.tree = tree
    }

    deinit {
        unsafe json_decref(tree)
    }

    /// The object or array that the text consists of.
    package var root: JSONValue {
        unsafe JSONValue(node: tree, of: self)
    }

    /// What a tree can take for a byte of its text, with 2 for copies of the text: `{},` takes 264 bytes in jansson 2.14.
    ///
    /// jansson does not survive want of memory: it loses characters of a string that it could not store (2.14, lex_save),
    /// or goes on with a null pointer. So it is not begun unless there is enough.
    private static let treeBytesPerByteMax = 98

    /// Reads `bytes` as one JSON text of at most `maxDepth` nested objects and arrays (the root counts as one).
    ///
    /// The bytes are copied: they need not outlive the call. The caller bounds their number.
    package static func parse(_ bytes: Span<UInt8>, maxDepth: Int) throws(JSONError) -> JSONDocument {
        if let offset = JSONDepth.firstOffsetDeeper(than: maxDepth, in: bytes) {
            throw JSONError(.tooDeep, position: offset, text: "too many nested objects and arrays")
        }
        // No JSON has a NUL byte in it, yet jansson reads over one that follows a number (2.14).
        for offset in bytes.indices where bytes[offset] == 0 {
            throw JSONError(.nulCharacter, position: offset, text: "a NUL byte")
        }
        do throws(VerifyError) {
            try Memory.require(bytes.count * treeBytesPerByteMax + Memory.reserve)
        } catch {
            throw JSONError(.outOfMemory, position: 0, text: "too little memory for the tree")
        }
        var failure = json_error_t()
        let parsed = unsafe bytes.withUnsafeBytes { buffer in
            // jansson takes a null pointer for a wrong call; an empty text has to be a syntax error like any other.
            unsafe buffer.baseAddress.flatMap { start in
                unsafe json_loadb(start, buffer.count, size_t(JSON_REJECT_DUPLICATES), &failure)
            }
        }
        guard let tree = unsafe parsed else {
            throw bytes.isEmpty
                ? JSONError(.prematureEnd, position: 0, text: "the text is empty") : JSONError(failure)
        }
        return unsafe JSONDocument(takingOwnershipOf: tree)
    }

    /// Reads `bytes`, as above.
    package static func parse(_ bytes: [UInt8], maxDepth: Int) throws(JSONError) -> JSONDocument {
        try parse(bytes.span, maxDepth: maxDepth)
    }

    /// Draws the seed of jansson's hash tables, which reads the system's random source; once drawn, it stays.
    ///
    /// jansson would do it at the first object it parses. Calling this while starting keeps I/O out of later parsing.
    static func seedHashTables() {
        json_object_seed(0)
    }
}

extension JSONError {
    /// Translates what `json_loadb` reported.
    fileprivate init(_ failure: json_error_t) {
        let kind: Kind =
            switch paitify_json_error_code(failure) {
            case json_error_duplicate_key: .duplicateMember
            case json_error_invalid_utf8: .invalidUTF8
            case json_error_null_character, json_error_null_byte_in_key: .nulCharacter
            case json_error_numeric_overflow: .numberOutOfRange
            case json_error_premature_end_of_input: .prematureEnd
            case json_error_end_of_input_expected: .trailingBytes
            case json_error_stack_overflow: .tooDeep
            case json_error_out_of_memory, json_error_unknown: .outOfMemory  // a failed allocation leaves no code
            default: .syntax
            }
        let text = unsafe withUnsafeBytes(of: failure.text) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        self.init(kind, position: Int(failure.position), text: text)
    }
}
