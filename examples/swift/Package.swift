// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "paitify-examples",
    dependencies: [
        .package(name: "paitify", path: "../.."),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // Spends: asks the issuer, hands the token over, and confirms or voids.
        .executableTarget(
            name: "agent-platform",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Sources/AgentPlatform"),
        // Charges: verifies the token offline. It needs the module Verifier and nothing else.
        .executableTarget(
            name: "processor",
            dependencies: [.product(name: "Verifier", package: "paitify")],
            path: "Sources/Processor"),
    ]
)
