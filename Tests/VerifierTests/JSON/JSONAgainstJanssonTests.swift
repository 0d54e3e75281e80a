import Testing

@testable import Verifier

/// Two readers that were written apart, jansson with `JSON_REJECT_DUPLICATES` and the tokens' own, read the same documents:
/// where one of them errs, they differ. The differences that are meant are these, and no other is.
enum MeantDifference: String, CaseIterable {
    /// jansson makes integers of 64 bits, and refuses the text; ours notes that there is one. A claim that is read
    /// refuses it then (PAITIFY_E_CLAIM_TYPE), and a claim that nobody reads harms nobody.
    case integerBeyond64Bits
    /// jansson makes doubles, and refuses what is none. Ours never makes one, so 1e400 is as good as 1e4: no number for
    /// a claim that is read.
    case realBeyondDouble
    /// jansson takes only an object or array for a document, as RFC 4627 had it. Ours reads any value, as RFC 8259 has
    /// it; that a token's parts are objects is asked for afterwards.
    case documentThatIsNoContainer
}

@Suite("The tokens' reader against jansson")
struct JSONAgainstJanssonTests {
    @Test(
        "generated and mutated documents are read alike, but for the differences that are meant",
        arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func generated(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var documents = JSONDocuments()
        for number in 0..<2500 {
            let text = documents.next(using: &generator)
            let comparison = Comparison(of: text)
            if !comparison.isAlike, comparison.meantDifference == nil {
                Issue.record("seed \(seed), document \(number): \(comparison)")
            }
        }
        // Or nothing was compared.
        #expect(documents.accepted > 300)
    }

    @Test(
        "each meant difference is one",
        arguments: [
            ("[9223372036854775808]", .integerBeyond64Bits), (#"{"a":-9223372036854775809}"#, .integerBeyond64Bits),
            ("[1e400]", .realBeyondDouble), ("[-1.5E+999]", .realBeyondDouble),
            ("1", .documentThatIsNoContainer), (#""a""#, .documentThatIsNoContainer),
            ("null", .documentThatIsNoContainer),
        ] as [(String, MeantDifference)])
    func differences(_ text: String, _ difference: MeantDifference) {
        let comparison = Comparison(of: Array(text.utf8))
        #expect(!comparison.isAlike)
        #expect(comparison.meantDifference == difference)
    }

    @Test("of numbers that are real both say the same, on both sides of what a double can be")
    func realNumbers() {
        for exponent in [-400, -324, -308, 0, 300, 307, 308] {
            #expect(Comparison(of: Array("[1e\(exponent),1.5E\(exponent)]".utf8)).isAlike)
        }
    }
}

/// What both make of one text.
private struct Comparison: CustomStringConvertible {
    let text: [UInt8]
    let ours: Result<JSONTree, JSONFault>
    let janssons: Result<JSONTree, JSONError>

    init(of text: [UInt8]) {
        self.text = text
        ours = Result { () throws(JSONFault) in try JSONTree(reading: text) }
        janssons = Result { () throws(JSONError) in JSONTree(try JSONDocument.parse(text, maxDepth: 8).root) }
    }

    var isAlike: Bool {
        switch (ours, janssons) {
        case (.success(let one), .success(let other)): one == other
        case (.failure, .failure): true
        case (.success, .failure), (.failure, .success): false
        }
    }

    /// Why they differ, if that is meant: only ever since jansson refuses what ours reads.
    var meantDifference: MeantDifference? {
        guard case .success(let tree) = ours, case .failure(let error) = janssons else { return nil }
        switch error.kind {
        case .numberOutOfRange:
            if tree.contains({ $0 == .hugeInteger }) { return .integerBeyond64Bits }
            return tree.contains({ $0 == .real }) ? .realBeyondDouble : nil
        case .syntax:
            return tree.isContainer ? nil : .documentThatIsNoContainer
        case .duplicateMember, .prematureEnd, .trailingBytes, .invalidUTF8, .nulCharacter, .tooDeep, .outOfMemory:
            return nil
        }
    }

    var description: String {
        "\(text) \(String(decoding: text, as: UTF8.self)): ours \(ours), jansson's \(janssons)"
    }
}

extension JSONTree {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        case .null, .bool, .integer, .hugeInteger, .real, .string: false
        }
    }

    fileprivate func contains(_ isWanted: (JSONTree) -> Bool) -> Bool {
        if isWanted(self) { return true }
        switch self {
        case .array(let elements): return elements.contains { $0.contains(isWanted) }
        case .object(let members): return members.contains { $0.value.contains(isWanted) }
        case .null, .bool, .integer, .hugeInteger, .real, .string: return false
        }
    }
}
