import Issuer

extension BudgetReport {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("agentId", agentID.text)
            json.member("asOf", asOf)
            json.member("budgets", array: budgets) { json, budget in budget.write(to: &json) }
        }
    }
}

extension Budget {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("policyId", policyID.text)
            json.member("policyName", policyName.text)
            json.member("scope", scope.rawValue)
            json.member(interval: interval)
            json.member("currency", currency.text)
            json.member("limit", limit)
            json.member("confirmed", confirmed)
            json.member("reserved", reserved)
            json.member("remaining", remaining)
            json.member("periodStart", periodStart)
            json.member("resetsAt", resetsAt)
            if let countLimit {
                json.member("countLimit", countLimit)
                json.member("confirmedCount", confirmedCount)
                json.member("reservedCount", reservedCount)
                json.member("remainingCount", remainingCount)
            }
        }
    }
}
