// swift-tools-version:6.2
import PackageDescription

// Two switches from the environment, both read when the manifest is loaded:
//
//   PAITIFY_PARTS=verifier   the verifier, its C ABI and their tests alone: no package to fetch, seconds to build.
//   PAITIFY_EMBEDDED=1       the same sources as Embedded Swift, which is how libpaitifyverify ships: without a
//                            Swift runtime. Only the two verifier targets exist then.
//
// Without either, everything.
let embedded = Context.environment["PAITIFY_EMBEDDED"] == "1"
let verifierAlone = embedded || Context.environment["PAITIFY_PARTS"] == "verifier"

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// unsafeFlags would bar the package from use as a versioned dependency, so they exist only behind the switch.
let embeddedSettings: [SwiftSetting] =
    embedded
    ? [
        .enableExperimentalFeature("Embedded"),
        // A section a function: the linker drops what nothing calls, and second copies of the standard library.
        .unsafeFlags(["-wmo", "-Osize", "-Xfrontend", "-function-sections"]),
    ] : []

let verifierSettings = strict + embeddedSettings

var products: [Product] = [
    .library(name: "Verifier", targets: ["Verifier"]),
    .library(name: "paitifyverify", type: .dynamic, targets: ["VerifierC"]),
]

var targets: [Target] = [
    .systemLibrary(
        name: "CryptoLib", path: "Sources/SystemLibraries/CryptoLib", pkgConfig: "libcrypto",
        providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "Jansson", path: "Sources/SystemLibraries/Jansson", pkgConfig: "jansson",
        providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "POSIX", path: "Sources/SystemLibraries/POSIX"),
    .systemLibrary(name: "PaitifyVerifyHeader", path: "include"),
    .target(name: "Verifier", dependencies: ["CryptoLib", "Jansson", "POSIX"], swiftSettings: verifierSettings),
    .target(
        name: "VerifierC", dependencies: ["Verifier", "PaitifyVerifyHeader"],
        exclude: ["exports.map"],
        swiftSettings: verifierSettings,
        linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("jansson")]),
]

if !embedded {
    targets += [
        .testTarget(name: "VerifierTests", dependencies: ["Verifier"], swiftSettings: strict),
        .testTarget(
            name: "ContractTests", dependencies: ["Verifier", "VerifierC", "PaitifyVerifyHeader"],
            swiftSettings: strict),
    ]
}

var dependencies: [Package.Dependency] = []

if !verifierAlone {
    dependencies += [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ]
    products.append(.executable(name: "paitify", targets: ["Server"]))
    targets += [
        .systemLibrary(
            name: "CryptLib", path: "Sources/SystemLibraries/CryptLib", providers: [.apt(["libcrypt-dev"])]),
        .target(
            name: "Issuer",
            dependencies: ["CryptoLib", "CryptLib", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("crypt")]),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Issuer", "Verifier",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: strict),
        .testTarget(name: "IssuerTests", dependencies: ["Issuer", "Verifier"], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Issuer", "Verifier", "PaitifyVerifyHeader",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: strict),
    ]
}

let package = Package(name: "paitify", products: products, dependencies: dependencies, targets: targets)
