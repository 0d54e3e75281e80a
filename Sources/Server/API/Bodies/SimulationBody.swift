import Issuer

extension SimulationDraft {
    static let names = ["policy", "replaces", "from", "to", "agentId"]

    init(_ body: ObjectReader) throws {
        let terms = body.object("policy", names: PolicyTerms.names, required: true, PolicyTerms.read)
        let replaces: PolicyID? = body.id("replaces", .policy)
        let from = body.instant("from", required: true)
        let to = body.instant("to", required: true)
        let agentID: AgentID? = body.id("agentId", .agent)
        let (policy, start, end) = try body.findings.all(terms, from, to)
        do throws(InvalidValue) {
            try self.init(terms: policy, replaces: replaces, from: start, to: end, agentID: agentID)
        } catch {
            throw IssuerError.invalid(field: "to", error)
        }
    }
}

extension SimulationReport {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("from", from)
            json.member("to", to)
            json.member("evaluatedTo", evaluatedTo)
            json.member("complete", isComplete)
            json.member("priorComplete", isPriorComplete)
            json.member("requestsMax", Int64(Self.requestsMax))
            json.member("rangeSecondsMax", Self.rangeSecondsMax)
            json.member("requests", requests)
            json.member("allowed", allowed)
            json.member("denied", denied)
            json.member("held", held)
            json.member("newlyDenied", total(of: .newlyDenied))
            json.member("newlyHeld", total(of: .newlyHeld))
            json.member("newlyAllowed", total(of: .newlyAllowed))
            json.member("byReason", array: ReasonCode.allCases) { json, code in
                guard let total = byReason[code] else { return }
                json.object { json in
                    json.member("code", code.rawValue)
                    json.members(of: total)
                }
            }
            json.member("affectedTotal", affectedTotal)
            json.member("affected", array: affected) { json, affected in affected.write(to: &json) }
        }
    }
}

extension SimulationReport.Affected {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("authorizationId", id.text)
            json.member("agentId", agentID.text)
            json.member("amount", money.minorUnits)
            json.member("currency", money.currency.text)
            json.member(merchant: merchant)
            json.member("createdAt", createdAt)
            json.member("decision", decision.rawValue)
            json.member("status", status.rawValue)
            json.member("wouldBe", wouldBe.rawValue)
            json.member("change", change.rawValue)
            json.member("reasons", reasons: reasons)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: StaticString, _ total: SimulationReport.Total) {
        member(name) { json in json.members(of: total) }
    }

    fileprivate mutating func members(of total: SimulationReport.Total) {
        member("count", total.count)
        member("amount", total.amount)
    }
}
