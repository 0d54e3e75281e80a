// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyHeader
import Verifier

// MARK: Refreshes and health

@c @implementation
public func paitify_refresh_due_in_ms(_ verifier: OpaquePointer!) -> Int64 {
    let due: Int64?? = unsafe VerifierHandle.with(verifier) { try? $0.verifier.refreshDueInMilliseconds() }
    return (due ?? nil) ?? -1
}

@c @implementation
public func paitify_refresh_failed(_ verifier: OpaquePointer!) {
    unsafe VerifierHandle.with(verifier) { $0.verifier.refreshFailed() }
}

@c @implementation
public func paitify_health_info_init(_ info: UnsafeMutablePointer<paitify_health_info>!, _ struct_size: UInt32) {
    unsafe HostStruct.initialize(info, to: .nothing, size: struct_size)
}

@c @implementation
public func paitify_health(_ verifier: OpaquePointer!, _ info: UnsafeMutablePointer<paitify_health_info>!) -> Int32 {
    guard let info = unsafe info else { return argumentCode }
    guard let size = unsafe HostStruct.declaredSize(info) else { return argumentCode }
    unsafe HostStruct.initialize(info, to: .nothing, size: size)
    let outcome: Result<KeyHealth, VerifyError>? = unsafe VerifierHandle.with(verifier) { handle in
        Result { () throws(VerifyError) in try handle.verifier.health() }
    }
    do throws(VerifyError) {
        guard let health = try outcome?.get() else { return argumentCode }
        unsafe HostStruct.initialize(info, to: paitify_health_info(health), size: size)
        return okCode
    } catch {
        return error.code
    }
}

extension paitify_health_info {
    /// What a call that fails leaves.
    fileprivate static var nothing: paitify_health_info {
        var info = paitify_health_info()
        info.sequence = -1
        info.refresh_due_in_ms = -1
        return info
    }

    fileprivate init(_ health: KeyHealth) {
        self = .nothing
        state = health.freshness.rawValue
        key_count = UInt32(clamping: health.keyCount)
        left_out_count = UInt32(clamping: health.leftOutCount)
        failed_attempts = UInt32(clamping: health.failedAttempts)
        lacks_key = health.lacksKey ? 1 : 0
        sequence = health.sequence ?? -1
        fetched_at = health.fetchedAt
        age_s = health.ageSeconds
        refresh_due_in_ms = health.refreshDueInMilliseconds
        stale_in_s = health.staleInSeconds
        clock_set_back_s = health.clockSetBackSeconds
        installed_count = health.installedCount
        refused_count = health.refusedCount
    }
}
