// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
import KeysHTTP
public import PaitifyVerifyHTTPHeader
import Verifier

@c @implementation
public func paitify_http_keys_info(_ keys: OpaquePointer!, _ info: UnsafeMutablePointer<paitify_http_info>!) -> Int32 {
    guard let info = unsafe info else { return argumentCode }
    // What follows struct_size is written alone: the host need not have set it. 0 is the first version's size.
    let declared = unsafe UnsafeRawPointer(info).load(as: UInt32.self)
    let size = declared == 0 ? UInt32(MemoryLayout<paitify_http_info>.size) : declared
    guard size >= 4, size <= HostStruct.bytesMax else { return argumentCode }
    do throws(VerifyError) {
        try Memory.require(Memory.reserve)
    } catch {
        return error.code
    }
    guard let status = unsafe HTTPKeys.with(keys, { $0.status }) else { return argumentCode }
    unsafe HostStruct.initialize(info, to: paitify_http_info(status), size: size)
    return okCode
}

extension paitify_http_info {
    fileprivate init(_ status: FetchStatus) {
        self.init()
        outcome = status.outcome.rawValue
        http_status = Int32(clamping: status.httpStatus)
        file_status = status.fileStatus.rawValue
        is_running = status.isRunning ? 1 : 0
        is_wanted = status.isWanted ? 1 : 0
        ended_at = status.endedAt
        succeeded_at = status.succeededAt
        duration_ms = status.durationMilliseconds
        fetch_count = status.fetchCount
        failure_count = status.failureCount
        unchanged_count = status.unchangedCount
        var words = status.failure
        unsafe withUnsafeMutableBytes(of: &failure) { target in
            words.withUTF8 { unsafe CallError.write($0, into: target) }
        }
    }
}

@c @implementation
public func paitify_http_outcome_name(_ outcome: Int32) -> UnsafePointer<CChar>! {
    let name = FetchOutcome(rawValue: outcome)?.name ?? "PAITIFY_UNKNOWN_OUTCOME"
    // The characters of a literal are static and end in a NUL.
    return unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

extension FetchOutcome {
    fileprivate var name: StaticString {
        switch self {
        case .none: "PAITIFY_HTTP_NONE"
        case .changed: "PAITIFY_HTTP_CHANGED"
        case .unchanged: "PAITIFY_HTTP_UNCHANGED"
        case .unreachable: "PAITIFY_HTTP_UNREACHABLE"
        case .untrusted: "PAITIFY_HTTP_UNTRUSTED"
        case .timedOut: "PAITIFY_HTTP_TIMED_OUT"
        case .redirected: "PAITIFY_HTTP_REDIRECTED"
        case .status: "PAITIFY_HTTP_STATUS"
        case .content: "PAITIFY_HTTP_CONTENT"
        case .tooLarge: "PAITIFY_HTTP_TOO_LARGE"
        case .broken: "PAITIFY_HTTP_BROKEN"
        case .refused: "PAITIFY_HTTP_REFUSED"
        case .stopped: "PAITIFY_HTTP_STOPPED"
        case .noMemory: "PAITIFY_HTTP_NO_MEMORY"
        }
    }
}
