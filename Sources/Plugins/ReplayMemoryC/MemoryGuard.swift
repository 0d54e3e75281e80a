// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyMemoryHeader
import ReplayMemory
import Verifier

extension MemoryReplayGuard: MonitoredGuard {}

@c @implementation
public func paitify_memory_guard_options_init(
    _ options: UnsafeMutablePointer<paitify_memory_guard_options>!, _ struct_size: UInt32
) {
    unsafe HostStruct.initialize(options, to: .defaults, size: struct_size)
}

@c @implementation
public func paitify_memory_guard_new(
    _ options: UnsafePointer<paitify_memory_guard_options>!, _ guard: UnsafeMutablePointer<OpaquePointer?>!,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let made = unsafe `guard` else { throw VerifyError(.argument, "guard is null: nowhere to put it.") }
        unsafe made.pointee = nil
        try Memory.require(1 << 16)
        guard let options = unsafe options else { throw VerifyError(.argument, "options is null.") }
        let copied = try unsafe paitify_memory_guard_options(copying: options)
        unsafe made.pointee = MemoryReplayGuard.make(try copied.memoryGuard())
        return nil
    }
}

@c @implementation
public func paitify_memory_guard_free(_ guard: OpaquePointer!) {
    unsafe MemoryReplayGuard.release(`guard`)
}

@c @implementation
public func paitify_memory_guard_claim(
    _ guard: UnsafeMutableRawPointer!, _ issuer: paitify_bytes, _ jti: paitify_bytes, _ expires_at: Int64,
    _ transaction_id: paitify_bytes
) -> Int32 {
    unsafe MemoryReplayGuard.claim(`guard`, issuer, jti, expires_at, transaction_id)
}

@c @implementation
public func paitify_memory_guard_info(
    _ guard: OpaquePointer!, _ info: UnsafeMutablePointer<paitify_guard_info>!
) -> Int32 {
    unsafe MemoryReplayGuard.fill(info, from: `guard`) { memoryGuard, told in
        told.claim_count = Int64(memoryGuard.count)
        told.capacity = Int64(memoryGuard.capacity)
    }
}

extension paitify_memory_guard_options {
    fileprivate static var defaults: paitify_memory_guard_options {
        var options = unsafe paitify_memory_guard_options()
        unsafe options.capacity = 100_000
        return unsafe options
    }

    /// The host's options over the defaults. Throws `argument`.
    fileprivate init(copying host: UnsafePointer<paitify_memory_guard_options>) throws(VerifyError) {
        unsafe self = .defaults
        let word = MemoryLayout<Int>.size
        let whole = unsafe MemoryLayout<paitify_memory_guard_options>.size
        try unsafe HostStruct.copy(host, over: &self, fieldEnds: [whole - 2 * word, whole - word, whole])
    }

    fileprivate func memoryGuard() throws(VerifyError) -> MemoryReplayGuard {
        guard unsafe flags == 0 else {
            throw VerifyError(.argument, "flags has a bit that this version does not know.")
        }
        return try unsafe MemoryReplayGuard(capacity: Int(clamping: capacity), clock: HostClock.clock(now, context))
    }
}
