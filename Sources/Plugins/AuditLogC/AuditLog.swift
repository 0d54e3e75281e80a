// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import AuditLog
import CBoundary
public import PaitifyVerifyAuditHeader
import Verifier

extension FileAuditLog: Handle {}

@c @implementation
public func paitify_audit_log_options_init(
    _ options: UnsafeMutablePointer<paitify_audit_log_options>!, _ struct_size: UInt32
) {
    unsafe HostStruct.initialize(options, to: paitify_audit_log_options(), size: struct_size)
}

@c @implementation
public func paitify_audit_log_open(
    _ options: UnsafePointer<paitify_audit_log_options>!, _ log: UnsafeMutablePointer<OpaquePointer?>!,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let made = unsafe log else { throw VerifyError(.argument, "log is null: nowhere to put it.") }
        unsafe made.pointee = nil
        try Memory.require(1 << 16)
        guard let options = unsafe options else { throw VerifyError(.argument, "options is null.") }
        let copied = try unsafe paitify_audit_log_options(copying: options)
        guard unsafe copied.flags & ~PAITIFY_AUDIT_SYNC == 0 else {
            throw VerifyError(.argument, "flags has a bit that this version does not know.")
        }
        let opened = try unsafe FileAuditLog(
            path: copyPath(copied.path), syncsEachRecord: copied.flags & PAITIFY_AUDIT_SYNC != 0)
        unsafe made.pointee = FileAuditLog.make(opened)
        return nil
    }
}

@c @implementation
public func paitify_audit_log_close(_ log: OpaquePointer!) {
    unsafe FileAuditLog.release(log)
}

@c @implementation
public func paitify_audit_log_record(_ log: UnsafeMutableRawPointer!, _ decision: UnsafePointer<paitify_decision>!) {
    guard let decision = unsafe decision else { return }
    _ = unsafe FileAuditLog.with(OpaquePointer(log)) { log in
        let entry = unsafe AuditEntry(decision)
        log.record(entry)
    }
}

@c @implementation
public func paitify_audit_log_reopen(_ log: OpaquePointer!, _ error: UnsafeMutablePointer<paitify_error>!) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        let outcome: Result<Void, VerifyError>? = unsafe FileAuditLog.with(log) { log in
            Result { () throws(VerifyError) in try log.reopen() }
        }
        guard let outcome else { throw VerifyError(.argument, "log is null.") }
        try outcome.get()
        return nil
    }
}

@c @implementation
public func paitify_audit_log_info(_ log: OpaquePointer!, _ info: UnsafeMutablePointer<paitify_audit_info>!) -> Int32 {
    guard let info = unsafe info, let size = unsafe HostStruct.declaredSize(info) else { return argumentCode }
    do throws(VerifyError) {
        try Memory.require(Memory.reserve)
    } catch {
        return error.code
    }
    guard let told = unsafe FileAuditLog.with(log, { paitify_audit_info($0.health) }) else { return argumentCode }
    unsafe HostStruct.initialize(info, to: told, size: size)
    return okCode
}

extension paitify_audit_log_options {
    /// The host's options over the defaults. Throws `argument`.
    fileprivate init(copying host: UnsafePointer<paitify_audit_log_options>) throws(VerifyError) {
        unsafe self = paitify_audit_log_options()
        try unsafe HostStruct.copy(host, over: &self, fieldEnds: [MemoryLayout<paitify_audit_log_options>.size])
    }
}

extension paitify_audit_info {
    fileprivate init(_ health: AuditLogHealth) {
        self.init()
        recorded_count = health.recordedCount
        lost_count = health.lostCount
        unsynced_count = health.unsyncedCount
        sequence = health.sequence
        last_failed_at = health.lastFailedAt
        unsafe withUnsafeMutableBytes(of: &last_hash) { unsafe HashText.write(health.lastHash, into: $0) }
        unsafe withUnsafeMutableBytes(of: &last_reason) { unsafe CallError.write(health.lastReason, into: $0) }
    }
}

extension AuditEntry {
    /// What C is told, as far as the verifier that tells it knows the struct. Borrowed, as that is.
    fileprivate init(_ host: UnsafePointer<paitify_decision>) {
        var decision = unsafe paitify_decision()
        let size = unsafe min(Int(host.pointee.struct_size), MemoryLayout<paitify_decision>.size)
        unsafe withUnsafeMutableBytes(of: &decision) {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: host, count: size))
        }
        self.init()
        unsafe status = decision.status
        unsafe at = decision.at
        unsafe withUnsafeBytes(of: decision.token_sha256) { bytes in
            for index in tokenSHA256.indices { unsafe tokenSHA256[index] = bytes[index] }
        }
        unsafe amount = decision.amount
        unsafe maxAmount = decision.max_amount
        unsafe currency = [
            UInt8(bitPattern: decision.currency.0), UInt8(bitPattern: decision.currency.1),
            UInt8(bitPattern: decision.currency.2),
        ]
        unsafe merchantID = decision.merchant_id.known
        unsafe transactionID = decision.transaction_id.known
        unsafe keyID = decision.key_id.known
        unsafe authorizationID = decision.authorization_id.known
        unsafe agentID = decision.agent_id.known
        unsafe companyID = decision.company_id.known
    }
}

extension paitify_bytes {
    /// The bytes; none for what is none.
    fileprivate var known: UnsafeBufferPointer<UInt8> {
        unsafe buffer ?? UnsafeBufferPointer(start: nil, count: 0)
    }
}
