import HTTPTypes
import Hummingbird
import Issuer
import Synchronization

/// Keeps two requests with one Idempotency-Key from running at the same time; what was answered, the issuer keeps.
final class Idempotency: Sendable {
    private struct Claim: Hashable {
        let companyID: CompanyID
        let environment: String
        /// The agent that the caller is bound to: its keys are kept apart.
        let agentID: AgentID?
        let key: IdempotencyKey
    }

    private let running = Mutex<Set<Claim>>([])

    /// Runs `body` with what the request's Idempotency-Key stands for, nil where it bears none.
    func once<Value>(
        _ request: Request, body bytes: [UInt8], caller: Principal, requestID: String,
        _ body: (OnceOnly?) async throws -> Value
    ) async throws -> Value {
        guard let text = request.headers.text(.idempotencyKey) else { return try await body(nil) }
        let key = try Self.key(text)
        let claim = Claim(
            companyID: caller.companyID, environment: caller.environment.rawValue, agentID: caller.agentID, key: key)
        guard running.withLock({ $0.insert(claim).inserted }) else {
            throw Problem(
                .idempotencyKeyInUse,
                "The first request with this Idempotency-Key is still running. Send it again in a second, "
                    + "unchanged, for the same answer.", headers: [.retryAfter: "1"])
        }
        defer { running.withLock { _ = $0.remove(claim) } }
        let fingerprint = Self.fingerprint(method: request.method, target: request.target, body: bytes)
        return try await body(OnceOnly(key: key, fingerprint: fingerprint, requestID: requestID))
    }

    private static func key(_ text: String) throws -> IdempotencyKey {
        do {
            return try IdempotencyKey(text)
        } catch {
            throw Problem(.invalidIdempotencyKey, "The header field Idempotency-Key \(error.message).")
        }
    }

    /// The same for the same request and no other: a method has no space, a target no line break.
    static func fingerprint(method: HTTPRequest.Method, target: String, body: [UInt8]) -> [UInt8] {
        Digest.sha256(Array("\(method.rawValue) \(target)\n".utf8) + body)
    }
}
