/// Whom, for what, and in which country an agent may pay.
enum MerchantRules {
    static func refusals(of merchant: Merchant?, by policy: Policy) -> [Reason] {
        let terms = policy.terms
        // A merchant's id was checked when the request was read, by the same rule.
        let id = merchant?.id.flatMap { try? MerchantID($0) }
        return [
            refusal(of: id, by: terms.merchants, policy, .merchant),
            refusal(of: merchant?.category, by: terms.categories, policy, .category),
            refusal(of: merchant?.country, by: terms.countries, policy, .country),
        ].compactMap { $0 }
    }

    private struct Attribute {
        let name: String
        let blocked: ReasonCode
        let notAllowed: ReasonCode

        static let merchant = Attribute(
            name: "merchant.id", blocked: .merchantBlocked, notAllowed: .merchantNotAllowed)
        static let category = Attribute(
            name: "merchant.category", blocked: .categoryBlocked, notAllowed: .categoryNotAllowed)
        static let country = Attribute(
            name: "merchant.country", blocked: .countryBlocked, notAllowed: .countryNotAllowed)
    }

    /// Nil lets it pass. With a list of either kind, a request that does not name the thing is refused: leaving it out
    /// must not be a way around the list.
    private static func refusal<Item: CheckedText>(
        of named: Item?, by lists: AllowBlock<Item>?, _ policy: Policy, _ attribute: Attribute
    ) -> Reason? {
        guard let lists, !(lists.allow.isEmpty && lists.block.isEmpty) else { return nil }
        let name = policy.terms.name.text
        guard let named else {
            return Reason(
                code: .attributeMissing, policyID: policy.id,
                message: "\"\(name)\" checks \(attribute.name), which the request does not give.")
        }
        if lists.block.contains(named) {
            return Reason(
                code: attribute.blocked, policyID: policy.id,
                message: "\"\(name)\" blocks \(attribute.name) \"\(named.text)\".")
        }
        guard lists.allow.isEmpty || lists.allow.contains(named) else {
            return Reason(
                code: attribute.notAllowed, policyID: policy.id,
                message: "\"\(name)\" does not allow \(attribute.name) \"\(named.text)\".")
        }
        return nil
    }
}
