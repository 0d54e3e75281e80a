import AsyncHTTPClient
import Foundation
import Glibc
import HTTPTypes
import Issuer
import NIOCore
import NIOHTTP1
import Verifier

/// Carries an operator's request to the issuer: to the server that has the data folder, else by opening the store here.
struct Operator {
    let configuration: Configuration
    let folder: DataFolder

    init(_ configuration: Configuration) throws {
        self.configuration = configuration
        folder = try DataFolder(configuration.dataFolder)
    }

    func perform(_ request: OperatorRequest) async throws -> [UInt8] {
        // Recounting millions of authorizations, or entries of the log, takes its time; all else is done in a moment.
        let isLong = request == .checkBooks || request == .verifyAudit
        return try await ask(
            request.method, request.path, request.body, timeout: isLong ? .hours(1) : .seconds(15),
            orHere: { try await performHere(request) })
    }

    /// Has a copy of the books made beside them. Where no server has them it needs no master key, and leaves an older schema
    /// as it is: before a new program's first start is when a copy is wanted most.
    func copyBooks() async throws -> [UInt8] {
        try await ask(.post, BooksCopy.path, [], timeout: .hours(6)) {
            guard FileSize.of(folder.storePath) != nil else {
                throw Failure("there is nothing to copy: \(folder.storePath) does not exist. Set PAITIFY_DATA_DIR.")
            }
            let copy = try await BooksCopy(folder, makeName: RequestID.random).make(at: App.clock.now())
            return Array(ByteBuffer.of(copy.write).readableBytesView)
        }
    }

    /// Asks the server that has the folder, or does it here. A server that starts or stops holds the lock without answering
    /// for a moment; so this tries for a while.
    private func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8], timeout: TimeAmount,
        orHere performHere: () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        let start = ContinuousClock.now
        while true {
            if let lock = try folder.lock() {
                defer { withExtendedLifetime(lock) {} }
                return try await performHere()
            }
            do {
                return try await ask(method, path, body, timeout: timeout)
            } catch let error as IOError where Self.nobodyListens.contains(error.errnoCode) {
                guard ContinuousClock.now - start < .seconds(5) else {
                    throw DataFolderError(
                        description: "another process uses the data folder \(folder.path) and does not answer: "
                            + SystemError.text(error.errnoCode))
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// What connecting fails with while nobody serves the socket: nothing was sent, so it may be tried again.
    private static let nobodyListens = [ENOENT, ECONNREFUSED, EAGAIN]

    private func performHere(_ request: OperatorRequest) async throws -> [UInt8] {
        let issuer = try await App.openIssuer(configuration, folder)
        let answer: Result<ByteBuffer, any Error>
        do {
            answer = .success(try await request.perform(on: issuer, dashboardURL: configuration.dashboardURL))
        } catch {
            answer = .failure(error)
        }
        try await issuer.close()
        return Array(try answer.get().readableBytesView)
    }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8], timeout: TimeAmount
    ) async throws -> [UInt8] {
        guard let url = URL(httpURLWithSocketPath: folder.socketPath, uri: path) else {
            throw DataFolderError(description: "\(folder.socketPath) is not a valid socket path")
        }
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = HTTPMethod(rawValue: method.rawValue)
        if !body.isEmpty {
            message.headers.add(name: "content-type", value: "application/json")
            message.body = .bytes(body)
        }
        let (status, answer) = try await answer(to: message, timeout: timeout)
        guard status == .ok else {
            let detail = (try? JSONDocument.parse(answer, maxDepth: 4))?.root["detail"]?.string
            throw Failure(detail ?? "the server answered \(status.code)")
        }
        return answer
    }

    /// Asks once. A request that may have reached the server is never sent again: a second rotation would take the key
    /// away that the first has just announced.
    private func answer(
        to message: HTTPClientRequest, timeout: TimeAmount
    ) async throws -> (HTTPResponseStatus, [UInt8]) {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        do {
            return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                let response = try await client.execute(message, timeout: timeout)
                let body = try await response.body.collect(upTo: 64 << 20)
                return (response.status, Array(body.readableBytesView))
            }
        } catch let error as IOError where Self.nobodyListens.contains(error.errnoCode) {
            throw error
        } catch {
            throw Failure(
                "the server did not answer, but may have done what was asked; check the current state "
                    + "before trying again: \(error)")
        }
    }
}
