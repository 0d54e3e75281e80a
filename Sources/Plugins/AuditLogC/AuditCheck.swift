// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import AuditLog
import CBoundary
public import PaitifyVerifyAuditHeader
import Verifier

@c @implementation
public func paitify_audit_check(
    _ path: UnsafePointer<CChar>!, _ wanted_hash: UnsafePointer<CChar>!,
    _ report: UnsafeMutablePointer<paitify_audit_report>!, _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let report = unsafe report, let size = unsafe HostStruct.declaredSize(report) else {
            throw VerifyError(.argument, "report is null, or has a size that no version has.")
        }
        unsafe HostStruct.initialize(report, to: paitify_audit_report(), size: size)
        try Memory.require(Memory.reserve)
        let wanted = try unsafe wanted_hash.map { hash throws(VerifyError) in try unsafe HashText.read(hash) }
        let found = try unsafe AuditReport(path: copyPath(path), wantedHash: wanted)
        unsafe HostStruct.initialize(report, to: paitify_audit_report(found), size: size)
        return nil
    }
}

extension paitify_audit_report {
    fileprivate init(_ report: AuditReport) {
        self.init()
        fault =
            switch report.firstBad?.fault {
            case nil: PAITIFY_AUDIT_SOUND
            case .notARecord: PAITIFY_AUDIT_NOT_A_RECORD
            case .changed: PAITIFY_AUDIT_CHANGED
            case .outOfOrder: PAITIFY_AUDIT_OUT_OF_ORDER
            case .cutShort: PAITIFY_AUDIT_CUT_SHORT
            }
        bad_line = report.firstBad?.line ?? 0
        record_count = report.recordCount
        first_sequence = report.firstSequence
        last_sequence = report.lastSequence
        lost_count = report.lostCount
        torn_bytes = report.tornBytes
        has_wanted_hash = report.hasWantedHash ? 1 : 0
        unsafe withUnsafeMutableBytes(of: &previous_hash) { unsafe HashText.write(report.previousHash, into: $0) }
        unsafe withUnsafeMutableBytes(of: &last_hash) { unsafe HashText.write(report.lastHash, into: $0) }
    }
}
