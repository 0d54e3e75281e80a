import Testing

@testable import Issuer

@Suite struct TransitionTests {
    static let now = Instant(rfc3339: "2026-03-02T10:00:00Z")!

    /// 1000 minor units, confirmed with 400 where it is confirmed.
    static func authorization(_ status: AuthorizationStatus) throws -> Authorization {
        let ids = IDGenerator.random()
        return Authorization(
            id: ids.next(at: now), environment: .live, agentID: ids.next(at: now), money: try .usd(1000), merchant: nil,
            note: nil, metadata: Metadata(), audience: nil, lifetimeSeconds: 900, createdAt: now, status: status,
            decision: .approved, reasons: [], shadowReasons: [], policies: [], expiresAt: now.adding(seconds: 900),
            holdExpiresAt: now.adding(seconds: 4500), confirmedAmount: status == .confirmed ? 400 : nil, late: false)
    }

    /// What each event does in each state; "409" and "422" where it is refused.
    static let table: [(AuthorizationStatus, confirm400: String, confirm1001: String, void: String, lapse: String)] = [
        (.pending, "confirm(amount: 400)", "422", "release", "expire"),
        (.confirmed, "alreadyDone", "422", "409", "alreadyDone"),
        (.voided, "409", "409", "alreadyDone", "alreadyDone"),
        (.expired, "confirmLate(amount: 400)", "422", "409", "alreadyDone"),
        (.denied, "409", "409", "409", "alreadyDone"),
        (.held, "409", "409", "409", "denyLapsed"),
    ]

    @Test("every event in every state does what the table says", arguments: 0..<6)
    func everyPair(_ index: Int) throws {
        let row = Self.table[index]
        let authorization = try Self.authorization(row.0)
        #expect(Self.outcome(.confirm(amount: 400), authorization) == row.confirm400)
        #expect(Self.outcome(.confirm(amount: 1001), authorization) == row.confirm1001)
        #expect(Self.outcome(.void, authorization) == row.void)
        #expect(Self.outcome(.lapse, authorization) == row.lapse)
    }

    @Test("the table has every state")
    func tableIsComplete() {
        #expect(Set(Self.table.map { $0.0 }) == Set(AuthorizationStatus.allCases))
    }

    @Test("a late confirmation is taken to the last instant of the seventh day, and not after")
    func lateWindow() throws {
        let authorization = try Self.authorization(.expired)
        let end = try #require(authorization.holdExpiresAt).adding(seconds: 7 * 86_400)
        #expect(Self.outcome(.confirm(amount: 400), authorization, at: end) == "confirmLate(amount: 400)")
        #expect(
            Self.outcome(.confirm(amount: 400), authorization, at: Instant(milliseconds: end.milliseconds + 1)) == "409"
        )
    }

    @Test("nothing can be confirmed for nothing or less", arguments: [0, -1, Int64.min])
    func confirmZero(_ amount: Int64) throws {
        #expect(Self.outcome(.confirm(amount: amount), try Self.authorization(.pending)) == "invalid")
    }

    private static func outcome(
        _ event: AuthorizationEvent, _ authorization: Authorization, at now: Instant = now
    ) -> String {
        do {
            return "\(try Transition.of(event, on: authorization, at: now))"
        } catch {
            switch error {
            case .invalidState(let status, _): return status == authorization.status ? "409" : "wrong status"
            case .confirmExceedsAuthorized(authorized: 1000, requested: 1001): return "422"
            case .invalid: return "invalid"
            default: return "\(error)"
            }
        }
    }
}
