import HTTPTypes
import Issuer
import NIOCore

/// What an operator at the machine can ask of the issuer, whether or not a server runs beside.
enum OperatorRequest: Equatable, Sendable {
    case createCompany(name: String)
    case listSigningKeys
    case rotateSigningKey
    case revokeSigningKey(kid: String)
    case verifyAudit
    case checkBooks

    /// Carries it out and gives the answer as JSON, the same through the socket as without.
    func perform(on issuer: Issuer) async throws -> ByteBuffer {
        switch self {
        case .createCompany(let name):
            let company = try await issuer.createCompany(name: try Self.checkedName(name))
            return .of { company.write(to: &$0, issuerURL: issuer.settings.issuerURL) }
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
        do {
            return try Name(name)
        } catch {
            throw IssuerError.invalid(field: "name", error)
        }
    }
}

extension NewCompany {
    fileprivate func write(to json: inout JSONWriter, issuerURL: String) {
        json.object { json in
            json.member("companyId", companyID.text)
            json.member("apiKey", apiKey)
            json.member("dashboardURL", issuerURL + (issuerURL.hasSuffix("/") ? "dashboard" : "/dashboard"))
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
