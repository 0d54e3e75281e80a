// swift-tools-version:6.2
import PackageDescription

// Two switches from the environment, both read when the manifest is loaded:
//
//   PAITIFY_PARTS=verifier   the verifier, its C ABI and their tests alone: no package to fetch, seconds to build.
//   PAITIFY_PARTS=simulation the issuer's module and, as a program, what SimulationTests does: scripts/simulate.sh.
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
        // The same bytes from every folder: no path of this one is in them (OpenSSL's macros have __FILE__).
        .unsafeFlags([
            "-file-prefix-map", "\(Context.packageDirectory)=.",
            "-Xcc", "-ffile-prefix-map=\(Context.packageDirectory)=.",
        ]),
    ] : []

let verifierSettings = strict + embeddedSettings

/// A plug-in of the verifier: a Swift module, and beside it, of the same name and a C, its C ABI: one library.
struct Plugin {
    let module: String
    /// The library is libpaitifyverify-<library>.
    let library: String
    /// What it needs beside the verifier: a system library's module, and what to link.
    var needs: (module: String, link: String)?
    /// Targets of this package that it shares with others.
    var shares: [String] = []
}

let plugins = [
    Plugin(module: "KeysHTTP", library: "http", needs: (module: "CURL", link: "curl")),
    Plugin(module: "ReplayMemory", library: "memory"),
    Plugin(module: "ReplaySQLite", library: "sqlite", needs: (module: "SQLiteLib", link: "sqlite3")),
    Plugin(
        module: "ReplayRedis", library: "redis", needs: (module: "HiredisLib", link: "hiredis"),
        shares: ["RedisClient"]),
    Plugin(module: "AuditLog", library: "audit"),
]

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
    .systemLibrary(
        name: "CURL", path: "Sources/SystemLibraries/CURL", pkgConfig: "libcurl",
        providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
        name: "SQLiteLib", path: "Sources/SystemLibraries/SQLiteLib", pkgConfig: "sqlite3",
        providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
        name: "HiredisLib", path: "Sources/SystemLibraries/HiredisLib", pkgConfig: "hiredis",
        providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "POSIX", path: "Sources/SystemLibraries/POSIX"),
    .systemLibrary(name: "PaitifyVerifyHeader", path: "include"),
    .target(name: "Verifier", dependencies: ["CryptoLib", "Jansson", "POSIX"], swiftSettings: verifierSettings),
    .target(name: "CBoundary", dependencies: ["Verifier", "PaitifyVerifyHeader"], swiftSettings: verifierSettings),
    .target(
        name: "VerifierC", dependencies: ["Verifier", "CBoundary", "PaitifyVerifyHeader"],
        exclude: ["exports.map"],
        swiftSettings: verifierSettings,
        linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("jansson")]),
    .target(
        name: "PluginParts", dependencies: ["Verifier", "POSIX"], path: "Sources/Plugins/PluginParts",
        swiftSettings: verifierSettings),
    // What the replay guard on a Redis server and the issuer's shared rate limits have in common.
    .target(
        name: "RedisClient", dependencies: ["Verifier", "PluginParts", "POSIX", "HiredisLib"],
        path: "Sources/Plugins/RedisClient", swiftSettings: verifierSettings,
        linkerSettings: [.linkedLibrary("hiredis")]),
]

for plugin in plugins {
    let own = (plugin.shares + (plugin.needs.map { [$0.module] } ?? [])).map { Target.Dependency.target(name: $0) }
    let links: [LinkerSetting] = plugin.needs.map { [.linkedLibrary($0.link)] } ?? []
    targets += [
        .target(
            name: plugin.module, dependencies: ["Verifier", "PluginParts", "POSIX"] + own,
            path: "Sources/Plugins/\(plugin.module)", swiftSettings: verifierSettings, linkerSettings: links),
        .target(
            name: "\(plugin.module)C",
            dependencies: ["Verifier", "CBoundary", "PaitifyVerifyHeader", .target(name: plugin.module)],
            path: "Sources/Plugins/\(plugin.module)C", swiftSettings: verifierSettings,
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("jansson")]),
    ]
    products.append(.library(name: plugin.module, targets: [plugin.module]))
    if embedded {
        products.append(
            .library(name: "paitifyverify-\(plugin.library)", type: .dynamic, targets: ["\(plugin.module)C"]))
    }
}

if !embedded {
    targets += [
        .target(name: "RedisFixtures", path: "Tests/RedisFixtures", swiftSettings: strict),
        .testTarget(name: "VerifierTests", dependencies: ["Verifier"], swiftSettings: strict),
        .testTarget(
            name: "PluginTests",
            dependencies: ["Verifier", "PluginParts", "RedisFixtures"] + plugins.map { .target(name: $0.module) },
            swiftSettings: strict),
        .testTarget(
            name: "ContractTests", dependencies: ["Verifier", "VerifierC", "PaitifyVerifyHeader"],
            swiftSettings: strict),
    ]
}

/// GRDB's name for SQLite's interface: in one module a C type has one home.
let simulation: [Target.Dependency] = ["Issuer", .product(name: "GRDBSQLite", package: "GRDB.swift")]

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
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ]
    products.append(.executable(name: "paitify", targets: ["Server"]))
    targets += [
        .systemLibrary(
            name: "CryptLib", path: "Sources/SystemLibraries/CryptLib", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(
            name: "PQLib", path: "Sources/SystemLibraries/PQLib", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "SSLLib", path: "Sources/SystemLibraries/SSLLib", pkgConfig: "libssl",
            providers: [.apt(["libssl-dev"])]),
        .target(
            name: "Issuer",
            dependencies: [
                "CryptoLib", "CryptLib", "SQLiteLib", "PQLib", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict,
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("crypt"), .linkedLibrary("pq")]),
        .executableTarget(
            name: "Server",
            dependencies: [
                "Issuer", "Verifier", "PluginParts", "RedisClient", "POSIX", "SSLLib",
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
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            // In the program itself, which is one file wherever it runs.
            resources: [
                .embedInCode("OpenAPI/Document"), .embedInCode("Explorer/Assets"),
                .embedInCode("Dashboard/Templates"), .embedInCode("Dashboard/Assets"),
            ],
            swiftSettings: strict),
        // What examples/agent-platform is a package of, built and run by the end-to-end tests.
        .executableTarget(
            name: "agent-platform",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "examples/agent-platform/Sources/AgentPlatform"),
        .target(name: "StoreFixtures", dependencies: ["Issuer"], path: "Tests/StoreFixtures", swiftSettings: strict),
        .testTarget(
            name: "IssuerTests", dependencies: ["Issuer", "Verifier", "StoreFixtures"], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: simulation, exclude: ["Program.swift"], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Server", "Issuer", "Verifier", "PluginParts", "RedisClient", "StoreFixtures", "RedisFixtures",
                "PaitifyVerifyHeader",
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

// What comes from other packages is the issuer's. A package that only verifies asks for none of it: `traits: []`.
for target in targets {
    target.dependencies = target.dependencies.map { dependency in
        guard case .productItem(let name, let package?, let aliases, nil) = dependency else { return dependency }
        return .product(name: name, package: package, moduleAliases: aliases, condition: .when(traits: ["Issuer"]))
    }
}

if Context.environment["PAITIFY_PARTS"] == "simulation" {
    let wanted = ["CryptoLib", "CryptLib", "SQLiteLib", "PQLib", "Issuer"]
    products = [.executable(name: "simulate", targets: ["Simulate"])]
    targets =
        targets.filter { wanted.contains($0.name) } + [
            .executableTarget(
                name: "Simulate", dependencies: simulation, path: "Tests/SimulationTests",
                exclude: ["SimulationTests.swift"], swiftSettings: strict)
        ]
}

let package = Package(
    name: "paitify",
    products: products,
    traits: [
        .trait(name: "Issuer", description: "The issuer, and the packages that it is made with."),
        .default(enabledTraits: ["Issuer"]),
    ],
    dependencies: dependencies,
    targets: targets)
