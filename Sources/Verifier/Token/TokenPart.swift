/// The two JSON objects that a token consists of.
enum TokenPart {
    case header
    case payload

    static let depthMax = 8

    /// Reads the part's bytes as one strict JSON object, with a token's status codes for what is wrong with them.
    func parse(_ bytes: Span<UInt8>) throws(VerifyError) -> JSONValue {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument.parse(bytes, maxDepth: Self.depthMax).root
        } catch {
            switch error.kind {
            case .outOfMemory:
                throw VerifyError(.noMemory)
            case .duplicateMember:
                throw VerifyError(.duplicateMember, "The token's \(name) has two members of one name (\(error.text)).")
            case .numberOutOfRange:
                // Well-formed, yet no value that a claim may have.
                throw VerifyError(
                    self == .payload ? .claimType : .json,
                    "The token's \(name) has a number that does not fit in 64 bits.")
            case .syntax, .prematureEnd, .trailingBytes, .invalidUTF8, .nulCharacter, .tooDeep:
                throw VerifyError(
                    .json, "The token's \(name) is not strict JSON (\(error.text), at byte \(error.position)).")
            }
        }
        guard root.kind == .object else { throw VerifyError(.json, "The token's \(name) is JSON, but no object.") }
        return root
    }

    private var name: String {
        switch self {
        case .header: "header"
        case .payload: "payload"
        }
    }
}
