/// What can happen to an authorization after it was decided.
enum AuthorizationEvent: Equatable, Sendable {
    /// The spend is final, for this many minor units.
    case confirm(amount: Int64)
    case void
    /// The reservation's time, or a held request's, is over.
    case lapse
}

/// What an event does to an authorization. One table holds every pair of state and event.
enum Transition: Equatable, Sendable {
    /// From reserved to final; the rest is released.
    case confirm(amount: Int64)
    /// Final though the reservation was released: recorded because the money may be spent all the same.
    case confirmLate(amount: Int64)
    case release
    case expire
    case denyLapsed
    /// It has already happened: the same answer again.
    case alreadyDone

    /// After a reservation lapsed, a confirmation is still recorded for this long: 7 days.
    static let lateConfirmSeconds: Int64 = 7 * 86_400

    /// Throws `invalidState` where the event cannot happen, `confirmExceedsAuthorized` for too much.
    static func of(
        _ event: AuthorizationEvent, on authorization: Authorization, at now: Instant
    ) throws(IssuerError) -> Transition {
        switch (event, authorization.status) {
        case (.confirm(let amount), .pending):
            try check(amount, authorization)
            return .confirm(amount: amount)
        case (.confirm(let amount), .confirmed):
            try check(amount, authorization)
            guard amount == authorization.confirmedAmount else {
                throw .invalidState(
                    .confirmed, "It was confirmed with \(authorization.confirmedAmount ?? 0); that is final.")
            }
            return .alreadyDone
        case (.confirm(let amount), .expired):
            try check(amount, authorization)
            guard let end = authorization.holdExpiresAt, now <= end.adding(seconds: lateConfirmSeconds) else {
                throw .invalidState(.expired, "Its reservation expired more than 7 days ago.")
            }
            return .confirmLate(amount: amount)
        case (.confirm, .voided): throw .invalidState(.voided, "It was voided; authorize the spend again.")
        case (.confirm, .denied): throw .invalidState(.denied, "It was denied; there is nothing to confirm.")
        case (.confirm, .held): throw .invalidState(.held, "It is still waiting for approval.")

        case (.void, .pending): return .release
        case (.void, .voided): return .alreadyDone
        case (.void, .confirmed): throw .invalidState(.confirmed, "It was confirmed; that is final.")
        case (.void, .expired): throw .invalidState(.expired, "Its reservation has expired and was already released.")
        case (.void, .denied): throw .invalidState(.denied, "It was denied; nothing was reserved.")
        case (.void, .held): throw .invalidState(.held, "It is still waiting for approval; nothing is reserved.")

        case (.lapse, .pending): return .expire
        case (.lapse, .held): return .denyLapsed
        case (.lapse, .confirmed), (.lapse, .voided), (.lapse, .expired), (.lapse, .denied): return .alreadyDone
        }
    }

    private static func check(_ amount: Int64, _ authorization: Authorization) throws(IssuerError) {
        guard amount >= 1 else {
            throw .invalid(
                field: "amount",
                InvalidValue(code: .outOfRange, "must be at least 1; void the authorization to spend nothing"))
        }
        guard amount <= authorization.money.minorUnits else {
            throw .confirmExceedsAuthorized(authorized: authorization.money.minorUnits, requested: amount)
        }
    }
}
