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

    /// Reads `bytes` as one JSON text of at most `maxDepth` nested objects and arrays (the root counts as one).
    ///
    /// The bytes are copied: they need not outlive the call. The caller bounds their number.
    package static func parse(_ bytes: Span<UInt8>, maxDepth: Int) throws(JSONError) -> JSONDocument {
        if let offset = JSONDepth.firstOffsetDeeper(than: maxDepth, in: bytes) {
            throw JSONError(.tooDeep, position: offset, text: "too many nested objects and arrays")
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

    /// This object as compact JSON, with one member set to an integer; nil if it is no object, or memory runs out.
    ///
    /// The document itself stays as it is.
    func text(setting name: StaticString, to integer: Int64) -> [UInt8]? {
        guard root.kind == .object, let copy = unsafe json_copy(tree) else { return nil }
        defer { unsafe json_decref(copy) }
        let done = name.withUTF8Buffer { name in
            unsafe name.baseAddress.map {
                unsafe json_object_setn_new(
                    copy, UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self), name.count, json_integer(integer))
                    == 0
            } ?? false
        }
        guard done else { return nil }
        let count = unsafe json_dumpb(copy, nil, 0, size_t(JSON_COMPACT))
        guard count > 0 else { return nil }
        var text = [CChar](repeating: 0, count: count)
        guard unsafe json_dumpb(copy, &text, count, size_t(JSON_COMPACT)) == count else { return nil }
        return text.map { UInt8(bitPattern: $0) }
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
