/// Whom the agent means to pay, as it names them. Members it did not name are nil.
public struct Merchant: Hashable, Sendable, Codable {
    /// The merchant's identifier at the processor; 1 to 128 characters, compared exactly but for Unicode normalisation.
    public let id: String?
    /// What people call it; shown, never compared; 1 to 200 characters.
    public let name: String?
    public let category: MerchantCategory?
    public let country: CountryCode?

    public init(
        id: String?, name: String?, category: MerchantCategory?, country: CountryCode?
    ) throws(InvalidValue) {
        if let id { try Self.checkID(id) }
        if let name { try PlainText.check(name, charactersMax: 200) }
        self.id = id
        self.name = name
        self.category = category
        self.country = country
    }

    public static func checkID(_ id: String) throws(InvalidValue) {
        try PlainText.check(id, charactersMax: 128)
    }
}

/// An ISO 18245 merchant category code: four digits.
public struct MerchantCategory: CheckedText {
    public let text: String

    public init(_ text: String) throws(InvalidValue) {
        guard text.utf8.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw InvalidValue("must be an ISO 18245 merchant category code: four digits, such as \"5734\"")
        }
        self.text = text
    }
}
