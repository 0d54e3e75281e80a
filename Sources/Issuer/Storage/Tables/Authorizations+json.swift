/// The parts of an authorization that every request writes, as JSON: by hand, since Foundation's encoder takes longer for
/// each than the statement that records them all. Read back by Foundation's decoder, which holds the two together.
extension SQLValue {
    init(json metadata: Metadata) {
        self = .text(JSONWriter.text { $0.object(pairs: metadata.pairs) })
    }

    init(json merchant: Merchant?) {
        guard let merchant else {
            self = .null
            return
        }
        self = .text(
            JSONWriter.text { json in
                json.object { json in
                    json.memberIfPresent("id", merchant.id)
                    json.memberIfPresent("name", merchant.name)
                    json.memberIfPresent("category", merchant.category?.text)
                    json.memberIfPresent("country", merchant.country?.text)
                }
            })
    }

    init(json policies: [EvaluatedPolicy]) {
        self = .text(
            JSONWriter.text { json in
                json.array(policies) { json, policy in
                    json.object { json in
                        json.member("id", policy.id.text)
                        json.member("version", policy.version)
                        json.member("effect", policy.effect.rawValue)
                    }
                }
            })
    }

    init(json reasons: [Reason]) {
        self = .text(JSONWriter.text { json in json.array(reasons) { json, reason in reason.store(in: &json) } })
    }

    init(json claims: SignedClaims?) {
        guard let claims else {
            self = .null
            return
        }
        self = .text(
            JSONWriter.text { json in
                json.object { json in
                    json.member("kid", claims.kid)
                    json.member("typ", claims.typ.rawValue)
                    json.member("payload", claims.payload)
                    json.memberIfPresent("signature", claims.signature)
                }
            })
    }
}

extension Reason {
    fileprivate func store(in json: inout JSONWriter) {
        json.object { json in
            json.member("code", code.rawValue)
            if let policyID { json.member("policyID", policyID.text) }
            json.member("message", message)
            if let opensAt { json.member("opensAt", opensAt.milliseconds) }
            guard let limit else { return }
            json.member("limit") { json in
                json.member("interval", limit.interval.stored)
                json.member("limit", limit.limit)
                json.member("spent", limit.spent)
                json.member("requested", limit.requested)
                json.member("remaining", limit.remaining)
                if let resetsAt = limit.resetsAt { json.member("resetsAt", resetsAt.milliseconds) }
            }
        }
    }
}
