import Verifier

#if canImport(Glibc)
import Glibc
#endif

/// A payment processor: reads tokens from standard input, one a line, and says for each whether it makes the charge.
///
/// It has the issuer's keys in a file and needs no network. Exit status: 0 if every token is valid, 1 if one was
/// rejected, 2 if one could not be judged, 64 for wrong usage. The same as the processor in C.
@main
struct Processor {
    static func main() {
        do {
            let arguments = try Arguments(CommandLine.arguments)
            let verifier = try TokenVerifier(
                options: .init(issuer: arguments.issuer, audiences: [arguments.audience]))
            for key in try verifier.loadKeys(path: arguments.keysPath) {
                complain("\(arguments.keysPath): keys[\(key.index)] is left out: \(key.reason.detail)")
            }
            exit(judgeTokens(verifier, arguments.charge).rawValue)
        } catch let error as VerifyError {
            complain("processor: \(error.status.name): \(error.detail)")
            exit(VerificationStatus.Verdict.indeterminate.rawValue)
        } catch {
            complain("\(error)")
            exit(64)
        }
    }

    /// Judges every token; gives `rejected` if one was, else `indeterminate` if one was, else `valid`.
    private static func judgeTokens(_ verifier: TokenVerifier, _ charge: Charge) -> VerificationStatus.Verdict {
        var verdicts: Set<VerificationStatus.Verdict> = []
        while let token = readLine() {
            // Empty lines are no tokens.
            if token.isEmpty { continue }
            do {
                let authorization = try verifier.verify(token, charge: charge)
                // A real processor moves the money here, and nowhere else: that verify returned is the permission.
                print(
                    "VALID \(authorization.authorizationID) agent=\(authorization.agentID)",
                    "max=\(authorization.maxAmount) \(authorization.currency)")
            } catch {
                let verdict = error.status.verdict
                print(verdict == .rejected ? "REJECTED" : "INDETERMINATE", "\(error.status.name): \(error.detail)")
                verdicts.insert(verdict)
            }
        }
        return verdicts.contains(.rejected) ? .rejected : verdicts.contains(.indeterminate) ? .indeterminate : .valid
    }

    private static func complain(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
