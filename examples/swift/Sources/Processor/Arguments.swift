import Verifier

/// What the processor is told: its keys, whose tokens it takes, and the charge it is about to make.
struct Arguments {
    struct Wrong: Error, CustomStringConvertible {
        let reason: String
        var description: String {
            """
            processor: \(reason)

            usage: processor --jwks FILE --issuer URL --audience NAME --amount N --currency CODE [--merchant ID] < tokens
            """
        }
    }

    let keysPath: String
    let issuer: String
    let audience: String
    let charge: Charge

    init(_ words: [String]) throws {
        let names: Set = ["--jwks", "--issuer", "--audience", "--amount", "--currency", "--merchant"]
        var values: [String: String] = [:]
        var rest = words.dropFirst()
        while let name = rest.popFirst() {
            guard names.contains(name), let value = rest.popFirst() else {
                throw Wrong(reason: "unknown option, or no value after \(name)")
            }
            values[name] = value
        }
        func required(_ name: String) throws -> String {
            guard let value = values[name] else { throw Wrong(reason: "\(name) is needed") }
            return value
        }

        keysPath = try required("--jwks")
        issuer = try required("--issuer")
        audience = try required("--audience")
        guard let amount = Int64(try required("--amount")) else {
            throw Wrong(reason: "--amount takes a whole number of minor units")
        }
        charge = try Charge(amount: amount, currency: try required("--currency"), merchantID: values["--merchant"])
    }
}
