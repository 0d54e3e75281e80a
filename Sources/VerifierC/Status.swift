// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
import PaitifyVerifyHeader
import Verifier

// MARK: Status

@c @implementation
public func paitify_status_name(_ status: Int32) -> UnsafePointer<CChar>! {
    unsafe cString(VerificationStatus(rawValue: status)?.name ?? "PAITIFY_UNKNOWN_STATUS")
}

@c @implementation
public func paitify_status_message(_ status: Int32) -> UnsafePointer<CChar>! {
    unsafe cString(VerificationStatus(rawValue: status)?.message ?? "A status of a newer version of this library.")
}

@c @implementation
public func paitify_status_verdict(_ status: Int32) -> Int32 {
    (VerificationStatus(rawValue: status)?.verdict ?? .indeterminate).rawValue
}

@c @implementation
public func paitify_version() -> UnsafePointer<CChar>! {
    unsafe cString("0.1.0")  // the one place: scripts/build-verifier.sh reads it here
}
