/// The two JSON objects that a token consists of.
enum TokenPart {
    case header
    case payload

    static let depthMax = 8

    /// Reads the part as one strict JSON object, with a token's status codes for what is wrong with it.
    func read(_ part: TokenMemory.DecodedPart, in memory: TokenMemory) throws(VerifyError) -> JSONTapeValue {
        let tape: JSONTape
        let hasUncomparedMembers: Bool
        do throws(JSONFault) {
            let membersMax = self == .header ? Header.membersMax : .max
            (tape, hasUncomparedMembers) = try memory.readJSON(
                part, depthMax: Self.depthMax, membersMax: membersMax)
        } catch {
            throw refusal(error)
        }
        if hasUncomparedMembers { try refuseDuplicates(in: unsafe memory.bytes(of: part).span) }
        guard tape.root.kind == .object else {
            throw VerifyError(.json, .json(part: name, problem: "it is no object", offset: 0))
        }
        return tape.root
    }

    private func refusal(_ fault: JSONFault) -> VerifyError {
        let status: VerificationStatus =
            switch fault.kind {
            case .duplicateMember: .duplicateMember
            case .tooManyMembers: .header
            case .syntax, .prematureEnd, .trailingBytes, .invalidText, .nulCharacter, .tooDeep, .tapeFull: .json
            }
        return VerifyError(status, .json(part: name, problem: fault.text, offset: fault.offset))
    }

    /// For a signed document in which an object has very many members: jansson compares their names by a hash table.
    private func refuseDuplicates(in text: Span<UInt8>) throws(VerifyError) {
        do throws(JSONError) {
            _ = try JSONDocument.parse(text, maxDepth: Self.depthMax)
        } catch {
            switch error.kind {
            case .duplicateMember:
                throw VerifyError(
                    .duplicateMember,
                    .json(part: name, problem: JSONFault.Kind.duplicateMember.text, offset: error.position))
            case .outOfMemory:
                throw VerifyError(.noMemory)
            case .numberOutOfRange:
                throw VerifyError(
                    .claimType,
                    .json(part: name, problem: "a number is too large for a document so long", offset: error.position))
            case .syntax, .prematureEnd, .trailingBytes, .invalidUTF8, .nulCharacter, .tooDeep:
                throw VerifyError(
                    .json, .json(part: name, problem: JSONFault.Kind.syntax.text, offset: error.position))
            }
        }
    }

    private var name: StaticString {
        switch self {
        case .header: "header"
        case .payload: "payload"
        }
    }
}
