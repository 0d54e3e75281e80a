import AuditLog
import Foundation
import Testing
import Verifier

@Suite struct `The audit in a file` {
    let path = TemporaryFile.path()

    private func verifier(audit: any AuditSink) throws -> (TokenVerifier, TokenVectors) {
        let vectors = try TokenVectors.read()
        var options = TokenVerifier.Options(issuer: vectors.options.issuer, audiences: vectors.options.audiences)
        options.clock = Clock(unixSeconds: { vectors.now })
        options.audit = audit
        let verifier = try TokenVerifier(options: options)
        try verifier.install(jwks: vectors.jwks, fetchedAt: vectors.now)
        return (verifier, vectors)
    }

    private func charge(_ vectors: TokenVectors, _ amount: Int64) throws -> Charge {
        try Charge(
            amount: amount, currency: vectors.charge.currency, merchantID: vectors.charge.merchantId,
            transactionID: "txn_\(amount)")
    }

    private struct Record: Decodable {
        let seq: Int
        let status: String
        let amount: Int64
        let transactionId: String
        let authorizationId: String?
        let prev: String
        let hash: String
    }

    private func records() throws -> [Record] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
            try decoder.decode(Record.self, from: Data($0.utf8))
        }
    }

    @Test func `every decision is a line, and each has the hash of the one before`() throws {
        let log = try FileAuditLog(path: path)
        let (verifier, vectors) = try verifier(audit: log)
        let token = vectors.cases[0].token
        _ = try verifier.verify(token, charge: charge(vectors, 4200))
        #expect(throws: VerifyError(.amount)) { try verifier.verify(token, charge: charge(vectors, 5001)) }
        #expect(throws: VerifyError(.malformed)) { try verifier.verify("x", charge: charge(vectors, 1)) }
        let records = try records()
        #expect(records.map(\.status) == ["PAITIFY_OK", "PAITIFY_E_AMOUNT", "PAITIFY_E_MALFORMED"])
        #expect(records.map(\.seq) == [1, 2, 3])
        #expect(records.map(\.amount) == [4200, 5001, 1])
        #expect(records.map(\.transactionId) == ["txn_4200", "txn_5001", "txn_1"])
        #expect(records[1].authorizationId != nil && records[2].authorizationId == nil)
        #expect(records[0].prev == String(repeating: "0", count: 64))
        #expect(records[1].prev == records[0].hash && records[2].prev == records[1].hash)
        #expect(try !String(contentsOfFile: path, encoding: .utf8).contains(token.prefix(50)))
        #expect(log.health.recordedCount == 3 && log.health.sequence == 3)
    }

    @Test func `a chain goes on in a log that is opened again, and two logs cannot have one file`() throws {
        do {
            let log = try FileAuditLog(path: path)
            let (verifier, vectors) = try verifier(audit: log)
            _ = try verifier.verify(vectors.cases[0].token, charge: charge(vectors, 4200))
            #expect(throws: VerifyError(.io)) { try FileAuditLog(path: path) }
        }
        let log = try FileAuditLog(path: path)
        #expect(log.health.sequence == 1 && log.health.recordedCount == 0)
        let (verifier, vectors) = try verifier(audit: log)
        _ = try verifier.verify(vectors.cases[0].token, charge: charge(vectors, 4200))
        let report = try AuditReport(path: path, wantedHash: log.health.lastHash)
        #expect(report.firstBad == nil && report.recordCount == 2 && report.lastSequence == 2)
        #expect(report.hasWantedHash)
    }

    @Test func `the records of many threads are one chain`() throws {
        let log = try FileAuditLog(path: path)
        let (verifier, vectors) = try verifier(audit: log)
        let (token, charge) = (vectors.cases[0].token, try charge(vectors, 4200))
        DispatchQueue.concurrentPerform(iterations: 100) { _ in _ = try? verifier.verify(token, charge: charge) }
        let report = try AuditReport(path: path)
        #expect(report.firstBad == nil && report.recordCount == 100)
    }

    @Test func `a changed line is named`() throws {
        let log = try FileAuditLog(path: path, syncsEachRecord: true)
        let (verifier, vectors) = try verifier(audit: log)
        for amount in 1...3 as ClosedRange<Int64> {
            _ = try verifier.verify(vectors.cases[0].token, charge: charge(vectors, amount))
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing("\"amount\":2,", with: "\"amount\":9,")
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        let report = try AuditReport(path: path)
        #expect(report.firstBad?.line == 2 && report.recordCount == 1)
        if case .changed? = report.firstBad?.fault {} else { Issue.record("\(String(describing: report.firstBad))") }
    }

    @Test func `a file that cannot be is refused`() {
        #expect(throws: VerifyError(.argument)) { try FileAuditLog(path: "") }
        #expect(throws: VerifyError(.io)) { try FileAuditLog(path: "/nonexistent/audit") }
        #expect(throws: VerifyError(.io)) { try FileAuditLog(path: "/tmp") }
        #expect(throws: VerifyError(.io)) { try AuditReport(path: path) }
    }
}
