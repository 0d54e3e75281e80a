import ArgumentParser
import AsyncHTTPClient
import Foundation
import Issuer
import NIOCore
import NIOHTTP1
import Verifier

/// `paitify verify`: what a processor does, on the command line.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verifies a token against a key set, as a processor does, and prints what it allows as JSON.",
        discussion: """
            Exit code 0: valid. 1: refused, with the reason on standard error. 2: indeterminate, for example without keys. \
            The keys of the set say which algorithms are accepted: RS256 if they name none.
            """)

    @Option(help: "The key set: a file, or an https URL (http on this machine only).")
    var jwks: String

    @Option(help: "The issuer's URL, exactly as the tokens' iss has it.")
    var issuer: String

    @Option(help: "This processor's name in the tokens' aud. May be given several times.")
    var audience: [String]

    @Option(help: "The amount to charge, in minor units: 1999 is USD 19.99.")
    var amount: Int64

    @Option(help: "The currency to charge in: an ISO 4217 code such as USD.")
    var currency: String

    @Option(help: "The identifier of the merchant; it must be the one that the token names.")
    var merchant: String?

    @Flag(help: "Accept tokens of the test environment.")
    var acceptTest = false

    @Flag(help: "Print JSON (the default).")
    var json = false

    @Argument(help: "The token.")
    var token: String

    func run() async throws {
        try await Failure.reporting {
            let keys = try await KeySetSource(jwks).read()
            do {
                var options = TokenVerifier.Options(issuer: issuer, audiences: audience)
                options.acceptsTestEnvironment = acceptTest
                options.algorithms = Self.algorithms(of: keys)
                let verifier = try TokenVerifier(options: options)
                try Self.install(keys, in: verifier)
                let charge = try Charge(amount: amount, currency: currency, merchantID: merchant)
                try Console.print(verifier.verify(token, charge: charge).payload)
            } catch let error as VerifyError {
                throw Failure("\(error.status.name): \(error.detail)", exitCode: error.status.verdict.rawValue)
            }
        }
    }
}

extension Verify {
    /// Those that the set's keys are for, and RS256, which a key is for that does not say. A key verifies with its own alone,
    /// so none of them is the token's to choose.
    private static func algorithms(of keys: [UInt8]) -> AlgorithmSet {
        // What is wrong with a set that cannot be read is said when it is installed.
        let keys = (try? JSONDocument.parse(keys, maxDepth: 8))?.root["keys"]
        let named = (keys.map { Array($0.elements) } ?? []).compactMap { $0["alg"]?.string }
        return named.reduce(into: .rs256) { algorithms, name in
            switch name {
            case "PS256": algorithms.insert(.ps256)
            case "ES256": algorithms.insert(.es256)
            case "EdDSA", "Ed25519": algorithms.insert(.edDSA)
            default: break
            }
        }
    }

    /// What is wrong with the key set says nothing about the token.
    private static func install(_ keys: [UInt8], in verifier: TokenVerifier) throws {
        do {
            try verifier.install(jwks: keys, fetchedAt: App.clock.now().seconds)
        } catch {
            throw Failure(
                "\(error.status.name): \(error.detail)", exitCode: VerificationStatus.Verdict.indeterminate.rawValue)
        }
    }
}

/// Where a key set is read from.
enum KeySetSource {
    case file(String)
    case url(String)

    private static let bytesMax = 1 << 20

    init(_ text: String) throws {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), scheme.hasPrefix("http") else {
            self = .file(text)
            return
        }
        let isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(url.host()?.lowercased())
        guard scheme == "https" || (scheme == "http" && isLoopback) else {
            throw Failure("a key set is only fetched over https, or over http from this machine", exitCode: 2)
        }
        self = .url(text)
    }

    func read() async throws -> [UInt8] {
        do {
            switch self {
            case .file(let path):
                guard FileSize.of(path) != nil else { throw Failure("\(path): no such file") }
                let keys = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
                guard keys.count <= Self.bytesMax else { throw Failure("it is larger than 1 MiB") }
                return Array(keys)
            case .url(let url):
                return try await Self.fetch(url)
            }
        } catch let failure as Failure {
            throw Failure("the key set cannot be read: \(failure.description)", exitCode: 2)
        } catch let error as CocoaError {
            throw Failure("the key set cannot be read: \(error.localizedDescription)", exitCode: 2)
        } catch {
            throw Failure("the key set cannot be read: \(error)", exitCode: 2)
        }
    }

    /// No redirects: a key set comes from where the operator said, or not at all.
    private static func fetch(_ url: String) async throws -> [UInt8] {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(5))
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
            guard response.status == .ok else { throw Failure("the server answered \(response.status.code)") }
            return Array(try await response.body.collect(upTo: bytesMax).readableBytesView)
        }
    }
}
