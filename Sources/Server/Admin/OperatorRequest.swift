import HTTPTypes
import Issuer
import NIOCore

/// What an operator at the machine can ask of the issuer, whether or not a server runs beside.
enum OperatorRequest: Equatable, Sendable {
    case createCompany(name: String)
    case companySettings(company: String)
    /// Empty: the company has none any more.
    case setDefaultAudience(company: String, audience: String)
    case invite(company: String, role: String)
    case resetPassword(email: String)
    case listSigningKeys
    case rotateSigningKey
    case revokeSigningKey(kid: String)
    case verifyAudit
    case checkBooks

    /// Carries it out and gives the answer as JSON, the same through the socket as without. `dashboardURL`: where people
    /// reach the dashboard, without a slash at the end.
    func perform(on issuer: Issuer, dashboardURL: String) async throws -> ByteBuffer {
        switch self {
        case .createCompany(let name):
            let company = try await issuer.createCompany(name: try Self.checkedName(name))
            return .of { company.write(to: &$0, dashboardURL: dashboardURL) }
        case .companySettings(let company):
            let id = try Self.company(company)
            return Self.settings(try await issuer.companySettings(of: id), of: id)
        case .setDefaultAudience(let company, let text):
            let id = try Self.company(company)
            let audience = text.isEmpty ? nil : try Self.audience(text)
            try await issuer.setDefaultAudience(audience, of: id)
            return Self.settings(CompanySettings(defaultAudience: audience), of: id)
        case .invite(let company, let role):
            let made = try await issuer.invite(as: try Self.role(role), note: nil, to: try Self.company(company))
            return JSONWriter.object { json in
                json.member("companyId", company)
                json.member("role", role)
                json.member("url", dashboardURL + made.token.path)
                json.member("expiresAt", made.invitation.expiresAt)
            }
        case .resetPassword(let text):
            let made = try await issuer.makePasswordReset(of: try Self.email(text))
            return JSONWriter.object { json in
                json.member("userId", made.userID.text)
                json.member("url", dashboardURL + made.token.path)
                json.member("expiresAt", made.expiresAt)
            }
        case .listSigningKeys:
            let keys = issuer.signingKeys()
            return JSONWriter.object { json in
                json.member("data", array: keys) { json, key in key.write(to: &json) }
            }
        case .rotateSigningKey:
            return .of(try await issuer.rotateSigningKey().write)
        case .revokeSigningKey(let kid):
            return .of(try await issuer.revokeSigningKey(kid: kid).write)
        case .verifyAudit:
            let chains = try await issuer.verifyAudit()
            return JSONWriter.object { json in
                json.member("whole", chains.allSatisfy { $0.fault == nil })
                json.member("chains", array: chains) { json, chain in chain.write(to: &json) }
            }
        case .checkBooks:
            return .of(try await issuer.checkBooks().write)
        }
    }

    private static func checkedName(_ name: String) throws -> Name {
        try checked("name") { () throws(InvalidValue) in try Name(name) }
    }

    private static func audience(_ text: String) throws -> Audience {
        try checked("audience") { () throws(InvalidValue) in try Audience(text) }
    }

    private static func settings(_ settings: CompanySettings, of company: CompanyID) -> ByteBuffer {
        JSONWriter.object { json in
            json.member("companyId", company.text)
            json.member("defaultAudience", settings.defaultAudience?.text)
        }
    }

    private static func email(_ text: String) throws -> EmailAddress {
        try checked("email") { () throws(InvalidValue) in try EmailAddress(text) }
    }

    private static func role(_ text: String) throws -> Role {
        guard let role = Role(rawValue: text) else {
            throw IssuerError.invalid(field: "role", .notOneOf(Role.allCases.map(\.rawValue)))
        }
        return role
    }

    private static func company(_ text: String) throws -> CompanyID {
        guard let company = CompanyID(text) else { throw IssuerError.notFound(.company, text) }
        return company
    }

    private static func checked<Value>(_ field: String, _ read: () throws(InvalidValue) -> Value) throws -> Value {
        do throws(InvalidValue) {
            return try read()
        } catch {
            throw IssuerError.invalid(field: field, error)
        }
    }
}

extension NewCompany {
    fileprivate func write(to json: inout JSONWriter, dashboardURL: String) {
        json.object { json in
            json.member("companyId", companyID.text)
            json.member("apiKey", apiKey)
            json.member("dashboardURL", dashboardURL + "/dashboard")
        }
    }
}

extension BooksReport {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("balances", balances)
            json.member("companies", Int64(companyCount))
            json.member("authorizations", authorizationCount)
            json.member("counters", Int64(counterCount))
            json.member("differenceCount", Int64(differenceCount))
            json.member("differences", array: differences) { json, difference in
                json.object { json in
                    json.member("companyId", difference.companyID.text)
                    json.member("environment", difference.environment)
                    json.member("currency", difference.currency)
                    json.member("subject", difference.subject)
                    json.member("periodStart", difference.periodStart)
                    json.member("periodEnd", difference.periodEnd)
                    json.member("counted", difference.counted)
                    json.member("summed", difference.summed)
                    json.member("countedAuthorizations", difference.countedAuthorizations)
                    json.member("summedAuthorizations", difference.summedAuthorizations)
                }
            }
        }
    }
}

extension AuditVerification.Chain {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("companyId", companyID.text)
            json.member("entries", entries)
            json.member("hash", hash)
            if let fault {
                json.member("fault") { json in
                    json.member("sequence", fault.sequence)
                    json.member("problem", fault.problem)
                }
            } else {
                json.member("fault", nil as String?)
            }
        }
    }
}
