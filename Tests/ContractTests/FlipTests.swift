import PaitifyVerifyHeader
import Testing
import Verifier

/// The same in C, for every bit of every valid token, is in Tests/CABITests/flips.c: it takes the release build.
@Suite struct `A token with one bit turned over` {
    /// The valid tokens, each once.
    static func validCases(of file: Vectors.Tokens) -> [Vectors.TokenCase] {
        var seen: Set<String> = []
        return file.cases.filter { $0.status == "PAITIFY_OK" && seen.insert($0.token).inserted }
    }

    /// What the verifier says to the token with those bits turned over, one at a time: what is not a refusal.
    static func passed(
        _ row: Vectors.TokenCase, of file: Vectors.Tokens, bits: some Sequence<Int>
    ) throws -> [String] {
        let verifier = try `The contract, as data`.swiftVerifier(
            file.options.changed(by: row.options), now: { file.now })
        try verifier.install(jwks: file.jwks, fetchedAt: file.now)
        let charge = try `The contract, as data`.charge(row.charge ?? file.charge)
        var token = Array(row.token.utf8)
        _ = try verifier.verify(token, charge: charge)
        return bits.compactMap { bit in
            token[bit / 8] ^= 1 << (bit % 8)
            defer { token[bit / 8] ^= 1 << (bit % 8) }
            do throws(VerifyError) {
                _ = try verifier.verify(token, charge: charge)
                return "bit \(bit % 8) of byte \(bit / 8): accepted"
            } catch {
                // The kid of another key, maybe of one to come, is no fault of the token.
                if error.status.verdict == .rejected || error.status == .unknownKey { return nil }
                return "bit \(bit % 8) of byte \(bit / 8): \(error.status.name)"
            }
        }
    }

    @Test(
        "is refused: a bit of every fourth byte of every valid vector", arguments: try validCases(of: Vectors.tokens))
    func everyFourthByte(_ row: Vectors.TokenCase) throws {
        let bits = stride(from: 0, to: row.token.utf8.count, by: 4).map { byte in byte * 8 + byte / 4 % 8 }
        #expect(try Self.passed(row, of: Vectors.tokens, bits: bits) == [])
    }

    @Test("is refused: every bit of a vector of each algorithm", arguments: try firstOfEachAlgorithm())
    func everyBit(_ row: Vectors.TokenCase) throws {
        #expect(try Self.passed(row, of: Vectors.algorithms, bits: 0..<(row.token.utf8.count * 8)) == [])
    }

    private static func firstOfEachAlgorithm() throws -> [Vectors.TokenCase] {
        try validCases(of: Vectors.algorithms).filter { $0.name.hasPrefix("an approved charge, signed with ") }
    }
}
