/// Whom an identity provider has signed in, as it calls them. The provider is believed; what it calls people is text.
public struct ProviderIdentity: Sendable, Hashable {
    /// The provider's `iss`.
    public let provider: String
    /// The provider's name for the person, never given to another.
    public let subject: String
    /// What others see.
    public let label: String
    /// Nil where the provider knows no companies.
    public let company: Company?

    public struct Company: Sendable, Hashable {
        /// The provider's name for it.
        public let subject: String
        /// What it is called when it is new here.
        public let name: String
        public let role: Role

        public init(subject: String, name: String, role: Role) {
            self.subject = subject
            self.name = name
            self.role = role
        }
    }

    public init(provider: String, subject: String, label: String, company: Company? = nil) {
        self.provider = provider
        self.subject = subject
        self.label = PlainText.visible(label, charactersMax: 100) ?? "Somebody"
        self.company = company
    }
}
