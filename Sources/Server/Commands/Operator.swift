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

    /// A server that starts or stops holds the lock without answering for a moment; so this tries for a while.
    func perform(_ request: OperatorRequest) async throws -> [UInt8] {
        let start = ContinuousClock.now
        while true {
            if let lock = try folder.lock() {
                defer { withExtendedLifetime(lock) {} }
                return try await performHere(request)
            }
            do {
                return try await ask(request)
            } catch let error as IOError where Self.nobodyListens.contains(error.errnoCode) {
                guard ContinuousClock.now - start < .seconds(5) else {
                    throw DataFolderError(
                        description: "another process has the data folder \(folder.path) and does not answer: "
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
            answer = .success(try await request.perform(on: issuer))
        } catch {
            answer = .failure(error)
        }
        try await issuer.close()
        return Array(try answer.get().readableBytesView)
    }

    private func ask(_ request: OperatorRequest) async throws -> [UInt8] {
        guard let url = URL(httpURLWithSocketPath: folder.socketPath, uri: request.path) else {
            throw DataFolderError(description: "\(folder.socketPath) is no socket's path")
        }
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        if !request.body.isEmpty {
            message.headers.add(name: "content-type", value: "application/json")
            message.body = .bytes(request.body)
        }
        // Recounting millions of authorizations, or entries of the log, takes its time; all else is done in a moment.
        let isLong = request == .checkBooks || request == .verifyAudit
        let (status, body) = try await answer(to: message, timeout: isLong ? .hours(1) : .seconds(15))
        guard status == .ok else {
            let detail = (try? JSONDocument.parse(body, maxDepth: 4))?.root["detail"]?.string
            throw Failure(detail ?? "the server answered \(status.code)")
        }
        return body
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
                "the server did not answer, and may have done all the same what was asked of it; see how things stand "
                    + "before asking again: \(error)")
        }
    }
}
