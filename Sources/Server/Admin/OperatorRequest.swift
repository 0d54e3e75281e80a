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
