import HTTPTypes
import Hummingbird
import Issuer
import Logging

/// How an operator's request travels through the socket in the data folder, which only its owner can open.
extension OperatorRequest {
    var method: HTTPRequest.Method {
        switch self {
        case .listSigningKeys, .verifyAudit, .checkBooks: .get
        case .createCompany, .companySettings, .setDefaultAudience, .invite, .resetPassword, .rotateSigningKey,
            .revokeSigningKey:
            .post
        }
    }

    var path: String {
        switch self {
        case .createCompany: "/companies"
        case .companySettings: "/companies/settings"
        case .setDefaultAudience: "/companies/default-audience"
        case .invite: "/members/invite"
        case .resetPassword: "/members/reset-password"
        case .listSigningKeys: "/keys"
        case .rotateSigningKey: "/keys/rotate"
        case .revokeSigningKey: "/keys/revoke"
        case .verifyAudit: "/audit"
        case .checkBooks: "/check"
        }
    }

    var body: [UInt8] {
        switch self {
        case .createCompany(let name): Self.json(["name": name])
        case .companySettings(let company): Self.json(["company": company])
        case .setDefaultAudience(let company, let audience): Self.json(["company": company, "audience": audience])
        case .invite(let company, let role): Self.json(["company": company, "role": role])
        case .resetPassword(let email): Self.json(["email": email])
        case .revokeSigningKey(let kid): Self.json(["kid": kid])
        case .listSigningKeys, .rotateSigningKey, .verifyAudit, .checkBooks: []
        }
    }

    private static func json(_ members: KeyValuePairs<StaticString, String>) -> [UInt8] {
        let json = JSONWriter.object { json in
            for (name, value) in members { json.member(name, value) }
        }
        return Array(json.readableBytesView)
    }
}

/// Serves operators' requests; no API key is asked for, as the file system has already said who may come.
enum AdminRoutes {
    static func router(
        issuer: Issuer, dashboardURL: String, copies: BooksCopy, housekeeping: HousekeepingMetrics, logger: Logger,
        now: @escaping @Sendable () -> Instant, makeRequestID: @escaping @Sendable () -> String
    ) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        router.add(
            middleware: Envelope(
                steps: [RequestID(makeID: makeRequestID)], problems: Problems(note: { _ in }, logger: logger)))
        let answer = { @Sendable (asked: OperatorRequest) async throws -> Response in
            .json(try await asked.perform(on: issuer, dashboardURL: dashboardURL))
        }
        router.get("/keys") { _, _ in
            try await answer(.listSigningKeys)
        }
        router.get("/check") { _, _ in
            try await answer(.checkBooks)
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
            try await answer(.rotateSigningKey)
        }
        router.post("/keys/revoke") { request, scope in
            let kid = try await Self.texts(["kid"], of: request, scope)[0]
            return try await answer(.revokeSigningKey(kid: kid))
        }
        router.get("/audit") { _, _ in
            try await answer(.verifyAudit)
        }
        router.post("/companies") { request, scope in
            let name = try await Self.texts(["name"], of: request, scope)[0]
            return try await answer(.createCompany(name: name))
        }
        router.post("/companies/settings") { request, scope in
            let company = try await Self.texts(["company"], of: request, scope)[0]
            return try await answer(.companySettings(company: company))
        }
        router.post("/companies/default-audience") { request, scope in
            let texts = try await Self.texts(["company", "audience"], of: request, scope)
            return try await answer(.setDefaultAudience(company: texts[0], audience: texts[1]))
        }
        router.post("/members/invite") { request, scope in
            let texts = try await Self.texts(["company", "role"], of: request, scope)
            return try await answer(.invite(company: texts[0], role: texts[1]))
        }
        router.post("/members/reset-password") { request, scope in
            let email = try await Self.texts(["email"], of: request, scope)[0]
            return try await answer(.resetPassword(email: email))
        }
        return router
    }

    /// The members of the body's object, which has these and no others.
    private static func texts(
        _ names: [String], of request: Request, _ scope: RequestScope
    ) async throws -> [String] {
        let body = try await request.readBody(.required, bytesMax: 4096, scope: scope)
        let json = try RequestJSON(body)
        let reader = ObjectReader(json.root, names: names, into: Findings())
        return try names.map { name in
            let text = reader.text(name, required: true) { (text) throws(InvalidValue) in text }
            return try reader.findings.all(text)
        }
    }
}
