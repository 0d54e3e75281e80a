import AsyncHTTPClient
import Foundation
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
                return try await withHeld(lock) { try await performHere(request) }
            }
            do {
                return try await ask(request)
            } catch let refusal as Refusal {
                throw refusal
            } catch {
                guard ContinuousClock.now - start < .seconds(5) else {
                    throw DataFolderError(
                        description: "another process has the data folder \(folder.path) and does not answer: \(error)")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// What the issuer refused, as its problem document says it.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    private func withHeld<Value>(_ lock: FolderLock, _ body: () async throws -> Value) async throws -> Value {
        let value = try await body()
        withExtendedLifetime(lock) {}
        return value
    }

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
        let response = try await HTTPClient.shared.execute(message, timeout: .seconds(15))
        let body = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
        guard response.status == .ok else {
            let detail = (try? JSONDocument.parse(body, maxDepth: 4))?.root["detail"]?.string
            throw Refusal(description: detail ?? "the server answered \(response.status.code)")
        }
        return body
    }
}
