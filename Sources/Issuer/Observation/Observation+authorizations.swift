extension Observation {
    /// A decision was recorded, unless the answer is only given again, or is a refusal to decide.
    func decided(_ answered: Answered<Authorization>) {
        if !answered.replayed, case .success(let authorization) = answered.result { observer.decided(authorization) }
    }

    /// What a transaction that is on disk has changed, or has found changed by itself.
    func changed(_ authorizations: [Authorization]) {
        for authorization in authorizations {
            switch authorization.status {
            // A held request that nobody decided on in time.
            case .denied: observer.decided(authorization)
            case .pending, .confirmed, .voided, .expired, .held: observer.resolved(authorization)
            }
        }
    }
}
