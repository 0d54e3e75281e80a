/// What a company has decided for all of its agents.
public struct CompanySettings: Sendable, Equatable {
    /// The processor that tokens are for where the request names none. Nil: any, `Audience.anyProcessor`.
    public let defaultAudience: Audience?

    public init(defaultAudience: Audience?) {
        self.defaultAudience = defaultAudience
    }
}

extension Issuer {
    /// For whoever may look at anything of the company's.
    public func companySettings(as principal: Principal) async throws -> CompanySettings {
        try await look(at: nil, as: principal) { CompanySettings(defaultAudience: $0.defaultAudience) }
    }

    /// In force at the next request, in both environments. What was decided, or is held, keeps the processor it was for.
    ///
    /// `ifStill`: what the change was made to. Throws `InvalidValue.changedMeanwhile` where the settings are neither that any
    /// more nor what is wanted. Nil: whatever they are.
    public func setDefaultAudience(
        _ audience: Audience?, ifStill basis: CompanySettings? = nil, as principal: Principal
    ) async throws {
        try await transaction(as: principal, scope: .manage) { books in
            if let basis, ![basis.defaultAudience, audience].contains(books.defaultAudience) {
                throw IssuerError.invalid(field: "audience", .changedMeanwhile)
            }
            try Self.setDefaultAudience(audience, insteadOf: books.defaultAudience, in: books)
        }
    }

    /// The same for somebody at the issuer's machine.
    public func setDefaultAudience(_ audience: Audience?, of company: CompanyID) async throws {
        try await atMachine(company) { books in
            try Self.setDefaultAudience(audience, insteadOf: books.defaultAudience, in: books)
        }
    }

    /// The settings, for somebody at the issuer's machine.
    public func companySettings(of company: CompanyID) async throws -> CompanySettings {
        try await IssuerError.mapping {
            try await store.read(for: company) { tx in
                guard let admission = try Companies.look(at: company, in: tx), company != .issuer else {
                    throw IssuerError.notFound(.company, company.text)
                }
                return CompanySettings(defaultAudience: admission.defaultAudience)
            }
        }
    }

    private static func setDefaultAudience(
        _ audience: Audience?, insteadOf before: Audience?, in books: Books
    ) throws {
        guard audience != before else { return }
        try Companies.setDefaultAudience(audience, of: books.companyID, in: books.tx)
        // Whatever environment somebody looks at meanwhile: it holds for both.
        try books.switched(to: .live).audit(
            .companyUpdated, books.companyID.text, before: CompanySettings(defaultAudience: before).json,
            after: CompanySettings(defaultAudience: audience).json)
    }

    func atMachine<Value: Sendable>(
        _ company: CompanyID, _ body: @escaping @Sendable (Books) throws -> Value
    ) async throws -> Value {
        guard company != .issuer, let value = try await locked(company, by: .command, body) else {
            throw IssuerError.notFound(.company, company.text)
        }
        return value
    }
}

extension CompanySettings {
    /// As the audit log has it.
    fileprivate var json: String {
        JSONWriter.text { json in
            json.object { json in json.member("defaultAudience", defaultAudience?.text) }
        }
    }
}
