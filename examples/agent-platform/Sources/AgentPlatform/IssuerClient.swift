import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The few calls that an agent platform makes.
struct IssuerClient {
    let url: String
    let apiKey: String

    private static let attemptsMax = 4
    private static let answerBytesMax = 1 << 20

    func authorize(_ spend: Spend) async throws -> Authorization {
        try await call(.POST, "/v1/authorize", body: try JSONEncoder().encode(spend))
    }

    func authorization(_ id: String) async throws -> Authorization {
        try await call(.GET, "/v1/authorize/\(id)")
    }

    func confirm(_ id: String, amount: Int64) async throws -> Authorization {
        try await call(.POST, "/v1/authorize/\(id)/confirm", body: try JSONEncoder().encode(["amount": amount]))
    }

    func void(_ id: String) async throws -> Authorization {
        try await call(.POST, "/v1/authorize/\(id)/void")
    }

    /// Tries again when no answer came, or one that says to: each attempt bears the same Idempotency-Key, so that a
    /// request whose answer was lost is not carried out twice.
    private func call(_ method: HTTPMethod, _ path: String, body: Data? = nil) async throws -> Authorization {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "X-API-Key", value: apiKey)
        if method == .POST { request.headers.add(name: "Idempotency-Key", value: UUID().uuidString) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        var attempt = 1
        while true {
            do {
                return try await send(request)
            } catch {
                guard attempt < Self.attemptsMax, Self.isWorthAnotherAttempt(error) else { throw error }
                try await Task.sleep(for: .milliseconds(200 << attempt))
                attempt += 1
            }
        }
    }

    private func send(_ request: HTTPClientRequest) async throws -> Authorization {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
        let answer = Data(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            throw try JSONDecoder().decode(Problem.self, from: answer)
        }
        return try JSONDecoder().decode(Authorization.self, from: answer)
    }

    /// 409 is this request's own first attempt, still running; 429 and 503 say so themselves.
    private static func isWorthAnotherAttempt(_ error: any Error) -> Bool {
        switch error {
        case let problem as Problem: problem.code == "IDEMPOTENCY_KEY_IN_USE" || [429, 503].contains(problem.status)
        case is DecodingError: false
        default: true
        }
    }
}
