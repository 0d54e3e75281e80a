extension Observation {
    /// A decision was recorded, unless the answer is only given again, or is a refusal to decide.
    func decided(_ answered: Answered<Authorization>) {
        if !answered.replayed, case .success(let authorization) = answered.result { observer.decided(authorization) }
    }
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

extension APIKeyCheck {
    init(_ verdict: APIKeyMemory.Verdict) {
        switch verdict {
        case .verified: self = .verified
        case .wrongSecret, .unknown: self = .wrong
        case .failed(.busy): self = .busy
        case .failed: self = .failed
        }
    }
}
