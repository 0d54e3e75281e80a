import Foundation
import StoreFixtures
import Testing

@testable import Issuer

@Suite struct DestroyedKeyTests {
    enum End: CaseIterable {
        case revoked, gone
    }

    @Test(
        "the sealed private part of a key that has ended is nowhere in the store's files",
        .enabled(if: !TestStore.isPostgreSQL, "PostgreSQL keeps old rows until they are vacuumed"),
        arguments: End.allCases)
    func isWiped(_ end: End) async throws {
        try await withTemporaryFolder { folder in
            let test = try await TestIssuer(path: "\(folder)/store.sqlite")
            let kid = try #require(test.issuer.signingKeys().first { $0.state == .signing }).kid
            let sealed = try #require(try await Self.sealed(kid, test))
            switch end {
            case .revoked: _ = try await test.issuer.revokeSigningKey(kid: kid)
            case .gone:
                _ = try await test.issuer.rotateSigningKey()
                test.clock.advance(seconds: 8 * 86_400)
                try await Sweeper(test.issuer).sweep()
            }
            #expect(try await Self.sealed(kid, test) == nil)
            try await test.issuer.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let file = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
                let isLeft = stride(from: 0, to: sealed.count - 16, by: 16).contains { start in
                    file.range(of: Data(sealed[start..<start + 16])) != nil
                }
                #expect(!isLeft, "\(name)")
            }
        }
    }

    private static func sealed(_ kid: String, _ test: TestIssuer) async throws -> [UInt8]? {
        try await test.issuer.store.globalTransaction { tx in try SigningKeys.contents(in: tx).privates[kid] }
    }
}
