import Issuer

extension Explanation {
    /// The members of the latest evaluation among those of the authorization; null where it was made before they were kept.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", authorization.id.text)
            json.member("agentId", authorization.agentID.text)
            json.member("decision", authorization.decision.rawValue)
            json.member("status", authorization.status.rawValue)
            json.member("amount", authorization.money.minorUnits)
            json.member("currency", authorization.money.currency.text)
            json.member(merchant: authorization.merchant)
            json.member("audience", authorization.audience?.text ?? Audience.anyProcessor)
            json.member("createdAt", authorization.createdAt)
            json.member("reasons", reasons: authorization.reasons)
            json.member("shadowReasons", reasons: authorization.shadowReasons)
            if let approval = authorization.approval { approval.write(to: &json) }
            if let evaluation {
                evaluation.writeMembers(to: &json)
            } else {
                json.member("evaluatedAt", nil as String?)
                json.member("policies", nil as String?)
                json.member("reevaluated", nil as String?)
            }
            guard let held else { return json.member("held", nil as String?) }
            json.member("held") { json in
                json.member("reasons", reasons: held.reasons)
                json.member("shadowReasons", reasons: held.shadowReasons)
                held.writeMembers(to: &json)
            }
        }
    }
}

extension Evaluation {
    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("evaluatedAt", at)
        json.member("agentStatus", agentStatus.rawValue)
        json.member("approvedByPerson", isApproved)
        json.member("policyDecision", policyDecision.rawValue)
        json.member("policies", array: policies) { json, policy in policy.write(to: &json) }
        json.member("reevaluated") { json in
            json.member("decision", decision.rawValue)
            json.member("matches", matches)
        }
    }
}

extension ExplainedPolicy {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("version", version)
            json.member("name", name.text)
            json.member("mode", mode.rawValue)
            json.member("effect", effect.rawValue)
            json.member("limits", array: limits) { json, limit in limit.write(to: &json) }
        }
    }
}

extension ExplainedLimit {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member(interval: interval)
            json.member("unit", unit.rawValue)
            json.member("scope", scope?.rawValue)
            json.member("periodStart", periodStart)
            json.member("periodEnd", periodEnd)
            json.member("limit", limit)
            json.member("before", before)
            json.member("requested", requested)
            json.member("exceeded", isExceeded)
        }
    }
}
