import HTTPTypes
import Hummingbird
import Issuer
import Logging

/// How an operator's request travels through the socket in the data folder, which only its owner can open.
extension OperatorRequest {
    var method: HTTPRequest.Method {
        switch self {
        case .listSigningKeys, .verifyAudit, .checkBooks: .get
        case .createCompany, .rotateSigningKey, .revokeSigningKey: .post
        }
    }

    var path: String {
        switch self {
        case .createCompany: "/companies"
        case .listSigningKeys: "/keys"
        case .rotateSigningKey: "/keys/rotate"
        case .revokeSigningKey: "/keys/revoke"
        case .verifyAudit: "/audit"
        case .checkBooks: "/check"
        }
    }

    var body: [UInt8] {
        switch self {
        case .createCompany(let name): Array(JSONWriter.object { $0.member("name", name) }.readableBytesView)
        case .revokeSigningKey(let kid): Array(JSONWriter.object { $0.member("kid", kid) }.readableBytesView)
        case .listSigningKeys, .rotateSigningKey, .verifyAudit, .checkBooks: []
        }
    }
}

/// Serves operators' requests; no API key is asked for, as the file system has already said who may come.
enum AdminRoutes {
    static func router(
        issuer: Issuer, copies: BooksCopy, housekeeping: HousekeepingMetrics, logger: Logger,
        now: @escaping @Sendable () -> Instant, makeRequestID: @escaping @Sendable () -> String
    ) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        router.add(
            middleware: Envelope(
                steps: [RequestID(makeID: makeRequestID)], problems: Problems(note: { _ in }, logger: logger)))
        router.get("/keys") { _, _ in
            Response.json(try await OperatorRequest.listSigningKeys.perform(on: issuer))
        }
        router.get("/check") { _, _ in
            Response.json(try await OperatorRequest.checkBooks.perform(on: issuer))
        }
        router.post(RouterPath(BooksCopy.path)) { _, _ in
            do {
                let copy = try await copies.make(at: now())
                housekeeping.backedUp(at: copy.asOf)
                return Response.json(.of(copy.write))
            } catch {
                housekeeping.backupFailed()
                throw Problem(copying: error)
            }
        }
        router.post("/keys/rotate") { _, _ in
            Response.json(try await OperatorRequest.rotateSigningKey.perform(on: issuer))
        }
        router.post("/keys/revoke") { request, scope in
            let kid = try await Self.text("kid", of: request, scope)
            return Response.json(try await OperatorRequest.revokeSigningKey(kid: kid).perform(on: issuer))
        }
        router.get("/audit") { _, _ in
            Response.json(try await OperatorRequest.verifyAudit.perform(on: issuer))
        }
        router.post("/companies") { request, scope in
            let name = try await Self.text("name", of: request, scope)
            return Response.json(try await OperatorRequest.createCompany(name: name).perform(on: issuer))
        }
        return router
    }

    private static func text(_ name: String, of request: Request, _ scope: RequestScope) async throws -> String {
        let body = try await request.readBody(.required, bytesMax: 4096, scope: scope)
        let json = try RequestJSON(body)
        let reader = ObjectReader(json.root, names: [name], into: Findings())
        let text = reader.text(name, required: true) { (text) throws(InvalidValue) in text }
        return try reader.findings.all(text)
    }
}
