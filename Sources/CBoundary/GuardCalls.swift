package import PaitifyVerifyGuardHeader
package import Verifier

/// What the C calls of every replay guard have in common.
extension ReplayGuard where Self: Handle {
    /// A claim on the guard that `context` is. Null, or bytes that are none, cannot be told.
    package static func claim(
        _ context: UnsafeMutableRawPointer?, _ issuer: paitify_bytes, _ jti: paitify_bytes, _ expiresAt: Int64,
        _ transactionID: paitify_bytes
    ) -> Int32 {
        guard let issuer = unsafe issuer.buffer, let jti = unsafe jti.buffer,
            let transactionID = unsafe transactionID.buffer
        else { return ReplayAnswer.unavailable.rawValue }
        let answer = unsafe with(OpaquePointer(context)) { replayGuard in
            unsafe replayGuard.claim(
                issuer: issuer.span, authorizationID: jti.span, keepUntil: expiresAt,
                transactionID: transactionID.span)
        }
        return (answer ?? .unavailable).rawValue
    }
}

/// A guard that tells how it is.
package protocol MonitoredGuard: Handle {
    var health: GuardHealth { get }
}

extension MonitoredGuard {
    /// Fills the host's struct; `adding` what the guard knows beside its health.
    package static func fill(
        _ info: UnsafeMutablePointer<paitify_guard_info>?, from handle: OpaquePointer?,
        adding: (Self, inout paitify_guard_info) -> Void
    ) -> Int32 {
        guard let info = unsafe info, let size = unsafe HostStruct.declaredSize(info) else { return argumentCode }
        do throws(VerifyError) {
            try Memory.require(Memory.reserve)
        } catch {
            return error.code
        }
        let told: paitify_guard_info? = unsafe with(handle) { monitored in
            var told = paitify_guard_info(monitored.health)
            adding(monitored, &told)
            return told
        }
        guard let told else { return argumentCode }
        unsafe HostStruct.initialize(info, to: told, size: size)
        return okCode
    }
}

extension paitify_guard_info {
    fileprivate init(_ health: GuardHealth) {
        self.init()
        first_count = health.firstCount
        same_transaction_count = health.sameTransactionCount
        seen_count = health.seenCount
        unavailable_count = health.unavailableCount
        last_unavailable_at = health.lastUnavailableAt
        claim_count = -1
        capacity = -1
        unsafe withUnsafeMutableBytes(of: &last_reason) { unsafe CallError.write(health.lastReason, into: $0) }
    }
}
