// swift-tools-version:6.2
import PackageDescription

// With PAITIFY_PARTS=verifier in the environment, which the package below reads, nothing is fetched, and only the verifier
// is built.
let verifier: [Target.Dependency] = [.product(name: "Verifier", package: "paitify")]
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "paitify-examples",
    dependencies: [.package(name: "paitify", path: "../..")],
    targets: [
        // Three charges on one token, and a replay guard.
        .executableTarget(name: "charge", dependencies: verifier, path: "Sources/Charge", swiftSettings: strict),
        // Judges the tokens that it reads.
        .executableTarget(name: "processor", dependencies: verifier, path: "Sources/Processor", swiftSettings: strict),
        // Every case of the contract.
        .executableTarget(name: "vectors", dependencies: verifier, path: "Sources/Vectors", swiftSettings: strict),
    ]
)
