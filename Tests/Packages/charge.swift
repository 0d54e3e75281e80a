// A processor in Swift, in a package that depends on this one: it judges one charge, at a time that it is told.
// usage: charge KEYS TOKEN AMOUNT NOW. Exit code: the verdict.
import Glibc
import Verifier

let arguments = CommandLine.arguments
guard arguments.count == 5, let amount = Int64(arguments[3]), let now = Int64(arguments[4]) else { exit(64) }
do throws(VerifyError) {
    var options = TokenVerifier.Options(issuer: "https://issuer.paitify.example", audiences: ["paitify:processor"])
    options.clock = Clock { now }
    let verifier = try TokenVerifier(options: options)
    try verifier.loadKeys(path: arguments[1])
    _ = try verifier.verify(arguments[2], charge: try Charge(amount: amount, currency: "USD", comparesMerchant: false))
    print(VerificationStatus.ok.name)
} catch {
    print(error.status.name)
    exit(error.status.verdict.rawValue)
}
