import Foundation
import Synchronization
import Verifier

/// Every case of the contract's vectors, through the module Verifier. usage: vectors VECTORS
@main
struct Vectors {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: vectors VECTORS")
            exit(64)
        }
        let kinds: [(String, (VectorFile, VectorFile.Case) throws -> [String])] = [
            ("tokens", token), ("algorithms", token), ("key-sets", keySet), ("sequences", sequence),
        ]
        var run = 0
        var right = 0
        for (name, judge) in kinds {
            let file = try VectorFile.read(CommandLine.arguments[1], name)
            for row in file.cases {
                let found = try judge(file, row)
                for difference in found { print("\(name): \(row.name): \(difference)") }
                run += 1
                right += found.isEmpty ? 1 : 0
            }
        }
        print("vectors: \(run) cases, \(right) as the contract says")
        exit(run > 0 && right == run ? 0 : 1)
    }

    private static func token(_ file: VectorFile, _ row: VectorFile.Case) throws -> [String] {
        var options = TokenVerifier.Options(file.options, row.options)
        let now = file.now ?? 0
        options.clock = Clock(unixSeconds: { now })
        let guarding = row.replay.map { ScriptedGuard(answering: $0) }
        options.replayGuard = guarding
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: file.jwks, fetchedAt: now)

        var authorization: VerifiedAuthorization?
        let status = status {
            authorization = try verifier.verify(row.token ?? "", charge: Charge(row.charge ?? file.charge))
        }
        let claims = row.claimed.map { [$0] } ?? []
        var found = difference("", status, row.status ?? "")
        found += difference("the replay guard was asked ", guarding?.asked ?? [], claims)
        if let authorization { found += difference("an amount is exposed: ", authorization.maxAmount > 0, true) }
        return found
    }

    private static func keySet(_ file: VectorFile, _ row: VectorFile.Case) throws -> [String] {
        var options = TokenVerifier.Options(file.options, row.options)
        let now = file.now ?? 0
        options.clock = Clock(unixSeconds: { now })
        let verifier = try TokenVerifier(options: options)
        var leftOut = 0
        let status = status { leftOut = try verifier.install(jwks: row.document ?? "", fetchedAt: now).count }
        var found = difference("", status, row.status ?? "")
        if status == "PAITIFY_OK" { found += difference("keys left out: ", leftOut, row.leftOut ?? -1) }
        if let token = row.token {
            let then = Self.status { _ = try verifier.verify(token, charge: Charge(file.charge)) }
            found += difference("then ", then, row.tokenStatus ?? "")
        }
        return found
    }

    private static func sequence(_ file: VectorFile, _ row: VectorFile.Case) throws -> [String] {
        let clock = ManualClock()
        var options = TokenVerifier.Options(file.options, row.options)
        options.clock = Clock(unixSeconds: { clock.now })
        let verifier = try TokenVerifier(options: options)
        var found: [String] = []
        for (index, step) in (row.steps ?? []).enumerated() {
            clock.now = step.now
            let status = status {
                if let token = step.token {
                    _ = try verifier.verify(token, charge: Charge(file.charge))
                } else {
                    try verifier.install(jwks: step.document ?? "", fetchedAt: step.fetchedAt ?? 0)
                }
            }
            found += difference("step \(index + 1): ", status, step.status)
        }
        return found
    }

    private static func status(_ call: () throws -> Void) -> String {
        do {
            try call()
            return "PAITIFY_OK"
        } catch let error as VerifyError {
            return "\(error.status.name)"
        } catch {
            return "\(error)"
        }
    }

    private static func difference<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) -> [String] {
        found == expected ? [] : ["\(what)\(found), not \(expected)"]
    }
}

/// A replay guard that gives one answer, and notes what it is asked.
private final class ScriptedGuard: ReplayGuard {
    private let answer: ReplayAnswer
    private let claims = Mutex<[VectorFile.Claim]>([])

    init(answering name: String) {
        let names: [String: ReplayAnswer] = ["FIRST": .first, "SAME_TRANSACTION": .sameTransaction, "SEEN": .seen]
        answer = names[name] ?? .unavailable
    }

    var asked: [VectorFile.Claim] { claims.withLock { $0 } }

    func claim(
        issuer: Span<UInt8>, authorizationID: Span<UInt8>, keepUntil: Int64, transactionID: Span<UInt8>
    ) -> ReplayAnswer {
        let claim = VectorFile.Claim(
            issuer: Self.text(issuer), jti: Self.text(authorizationID), expiresAt: keepUntil,
            transactionId: Self.text(transactionID))
        claims.withLock { $0.append(claim) }
        return answer
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        guard let text = try? UTF8Span(validating: bytes) else { return "no UTF-8" }
        return String(copying: text)
    }
}

/// A time that is set.
private final class ManualClock: Sendable {
    private let seconds = Mutex<Int64>(0)

    var now: Int64 {
        get { seconds.withLock { $0 } }
        set { seconds.withLock { $0 = newValue } }
    }
}
