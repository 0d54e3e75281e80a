// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyRedisHeader
import ReplayRedis
import Verifier

extension RedisReplayGuard: MonitoredGuard {}

@c @implementation
public func paitify_redis_guard_options_init(
    _ options: UnsafeMutablePointer<paitify_redis_guard_options>!, _ struct_size: UInt32
) {
    unsafe HostStruct.initialize(options, to: .defaults, size: struct_size)
}

@c @implementation
public func paitify_redis_guard_new(
    _ options: UnsafePointer<paitify_redis_guard_options>!, _ guard: UnsafeMutablePointer<OpaquePointer?>!,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let made = unsafe `guard` else { throw VerifyError(.argument, "guard is null: nowhere to put it.") }
        unsafe made.pointee = nil
        try Memory.require(1 << 16)
        guard let options = unsafe options else { throw VerifyError(.argument, "options is null.") }
        let copied = try unsafe paitify_redis_guard_options(copying: options)
        unsafe made.pointee = RedisReplayGuard.make(try copied.redisGuard())
        return nil
    }
}

@c @implementation
public func paitify_redis_guard_free(_ guard: OpaquePointer!) {
    unsafe RedisReplayGuard.release(`guard`)
}

@c @implementation
public func paitify_redis_guard_claim(
    _ guard: UnsafeMutableRawPointer!, _ issuer: paitify_bytes, _ jti: paitify_bytes, _ expires_at: Int64,
    _ transaction_id: paitify_bytes
) -> Int32 {
    unsafe RedisReplayGuard.claim(`guard`, issuer, jti, expires_at, transaction_id)
}

@c @implementation
public func paitify_redis_guard_info(
    _ guard: OpaquePointer!, _ info: UnsafeMutablePointer<paitify_guard_info>!
) -> Int32 {
    unsafe RedisReplayGuard.fill(info, from: `guard`) { _, _ in }
}

@c @implementation
public func paitify_redis_guard_check(
    _ guard: OpaquePointer!, _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        try Memory.require(Memory.reserve)
        let outcome: Result<Void, VerifyError>? = unsafe RedisReplayGuard.with(`guard`) { redisGuard in
            Result { () throws(VerifyError) in try redisGuard.check() }
        }
        guard let outcome else { throw VerifyError(.argument, "guard is null.") }
        try outcome.get()
        return nil
    }
}

extension paitify_redis_guard_options {
    fileprivate static var defaults: paitify_redis_guard_options {
        let defaults = RedisReplayGuard.Options()
        var options = unsafe paitify_redis_guard_options()
        unsafe options.host = cString("127.0.0.1")
        unsafe options.port = 6379
        unsafe options.key_prefix = cString("paitify:claim:")
        unsafe options.connections = defaults.connections
        unsafe options.connect_ms = defaults.connectMilliseconds
        unsafe options.wait_ms = defaults.waitMilliseconds
        return unsafe options
    }

    /// The host's options over the defaults. Throws `argument`.
    fileprivate init(copying host: UnsafePointer<paitify_redis_guard_options>) throws(VerifyError) {
        unsafe self = .defaults
        let whole = unsafe MemoryLayout<paitify_redis_guard_options>.size
        try unsafe HostStruct.copy(host, over: &self, fieldEnds: [whole])
    }

    fileprivate func redisGuard() throws(VerifyError) -> RedisReplayGuard {
        guard unsafe flags & ~(PAITIFY_REDIS_REQUIRE_AOF | PAITIFY_REDIS_NO_INFO) == 0, unsafe reserved == 0 else {
            throw VerifyError(.argument, "flags has a bit that this version does not know.")
        }
        var options = RedisReplayGuard.Options()
        if let path = unsafe unix_path {
            options.address = .unix(path: try unsafe text(of: path, "unix_path"))
        } else {
            guard let host = unsafe host, let port = unsafe UInt16(exactly: port) else {
                throw VerifyError(.argument, "host and unix_path are both null, or port is above 65535.")
            }
            options.address = .tcp(host: try unsafe text(of: host, "host"), port: port)
        }
        if let username = unsafe username { options.username = try unsafe text(of: username, "username") }
        if let password = unsafe password { options.password = try unsafe text(of: password, "password") }
        if let prefix = unsafe key_prefix { options.keyPrefix = try unsafe text(of: prefix, "key_prefix") }
        options.database = unsafe database
        options.connections = unsafe connections
        options.connectMilliseconds = unsafe connect_ms
        options.waitMilliseconds = unsafe wait_ms
        options.requiresAppendOnlyFile = unsafe flags & PAITIFY_REDIS_REQUIRE_AOF != 0
        options.asksNothingElse = unsafe flags & PAITIFY_REDIS_NO_INFO != 0
        return try RedisReplayGuard(options: options)
    }
}
