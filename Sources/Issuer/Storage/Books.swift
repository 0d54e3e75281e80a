/// An open transaction on one company's books in one environment, at one instant.
struct Books {
    let tx: any StoreTransaction
    let companyID: CompanyID
    let environment: Environment
    /// The same for everything in the transaction.
    let now: Instant
    /// What was remembered of the company's policies under this version is current.
    let policyVersion: Int64
    /// Who does what this transaction does.
    var author = Author.issuer
    /// Who is told of what becomes of authorizations.
    var observation = Observation.none
}

extension Books {
    /// An authorization has changed by itself, or was resolved.
    func tell(of changed: Authorization) {
        switch changed.status {
        // A held request that nobody decided on in time.
        case .denied: observation.observer.decided(changed)
        case .pending, .confirmed, .voided, .expired, .held: observation.observer.resolved(changed)
        }
    }
}
