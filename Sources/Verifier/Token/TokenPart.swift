/// The two JSON objects that a token consists of.
enum TokenPart {
    case header
    case payload

    static let depthMax = 8

    /// Reads the part as one strict JSON object, with a token's status codes for what is wrong with it.
    func read(_ part: TokenMemory.DecodedPart, in memory: TokenMemory) throws(VerifyError) -> JSONTapeValue {
        let tape: JSONTape
        do throws(JSONFault) {
            let membersMax = self == .header ? Header.membersMax : .max
            tape = try memory.readJSON(part, depthMax: Self.depthMax, membersMax: membersMax)
        } catch {
            throw refusal(error)
        }
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

    private var name: StaticString {
        switch self {
        case .header: "header"
        case .payload: "payload"
        }
    }
}
