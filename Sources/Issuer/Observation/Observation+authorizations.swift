extension Observation {
    /// A decision was recorded, unless the answer is only given again, or is a refusal to decide.
    func decided(_ answered: Answered<Authorization>) {
        if !answered.replayed, case .success(let authorization) = answered.result { observer.decided(authorization) }
    }
}
