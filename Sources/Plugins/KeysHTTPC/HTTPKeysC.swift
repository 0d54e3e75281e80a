// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
import KeysHTTP
public import PaitifyVerifyHTTPHeader
import Verifier

extension HTTPKeys: Handle {}

// MARK: Making

@c @implementation
public func paitify_http_keys_options_init(
    _ options: UnsafeMutablePointer<paitify_http_keys_options>!, _ struct_size: UInt32
) {
    unsafe HostStruct.initialize(options, to: .defaults, size: struct_size)
}

@c @implementation
public func paitify_http_keys_new(
    _ options: UnsafePointer<paitify_http_keys_options>!, _ keys: UnsafeMutablePointer<OpaquePointer?>!,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let made = unsafe keys else { throw VerifyError(.argument, "keys is null: nowhere to put it.") }
        unsafe made.pointee = nil
        try Memory.require(1 << 18)
        guard let options = unsafe options else { throw VerifyError(.argument, "options is null.") }
        let copied = try unsafe paitify_http_keys_options(copying: options)
        unsafe made.pointee = HTTPKeys.make(try HTTPKeys(options: copied.swiftOptions()))
        return nil
    }
}

@c @implementation
public func paitify_http_keys_free(_ keys: OpaquePointer!) {
    unsafe HTTPKeys.release(keys)
}

// MARK: Fetching

@c @implementation
public func paitify_http_keys_wanted(_ keys: UnsafeMutableRawPointer!, _ kid: paitify_bytes) {
    guard let kid = unsafe kid.buffer else { return }
    unsafe HTTPKeys.with(OpaquePointer(keys)) { unsafe $0.ask(kid.span) }
}

@c @implementation
public func paitify_http_keys_attach(
    _ keys: OpaquePointer!, _ verifier: OpaquePointer!, _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe call(keys, error) { keys throws(VerifyError) in
        guard let verifier = unsafe verifier else { throw VerifyError(.argument, "verifier is null.") }
        return try unsafe keys.attach(HostVerifier(retaining: verifier))?.detail
    }
}

@c @implementation
public func paitify_http_keys_refresh(_ keys: OpaquePointer!, _ error: UnsafeMutablePointer<paitify_error>!) -> Int32 {
    unsafe call(keys, error) { keys throws(VerifyError) in
        try keys.refresh()
        return nil
    }
}

@c @implementation
public func paitify_http_keys_start(_ keys: OpaquePointer!, _ error: UnsafeMutablePointer<paitify_error>!) -> Int32 {
    unsafe call(keys, error) { keys throws(VerifyError) in
        try keys.start()
        return nil
    }
}

@c @implementation
public func paitify_http_keys_stop(_ keys: OpaquePointer!) {
    unsafe HTTPKeys.with(keys) { $0.stop() }
}

/// What the calls on keys have in common: null keys, and memory for what the call needs beside its input.
private func call(
    _ keys: OpaquePointer?, _ error: UnsafeMutablePointer<paitify_error>?,
    _ body: (HTTPKeys) throws(VerifyError) -> String?
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        try Memory.require(Memory.reserve)
        let outcome: Result<String?, VerifyError>? = unsafe HTTPKeys.with(keys) { keys in
            Result { () throws(VerifyError) in try body(keys) }
        }
        guard let outcome else { throw VerifyError(.argument, "keys is null.") }
        return try outcome.get()
    }
}

extension paitify_http_keys_options {
    fileprivate static var defaults: paitify_http_keys_options {
        let known = HTTPKeys.Options(url: "")
        var options = unsafe paitify_http_keys_options()
        unsafe options.connect_timeout_ms = known.connectTimeoutMilliseconds
        unsafe options.total_timeout_ms = known.totalTimeoutMilliseconds
        return unsafe options
    }

    /// The host's options over the defaults. Throws `argument`.
    fileprivate init(copying host: UnsafePointer<paitify_http_keys_options>) throws(VerifyError) {
        unsafe self = .defaults
        // struct_size, flags and url: without these there is nothing to fetch. Then two paths, the proxy, two numbers.
        let (number, word, name) = unsafe (
            MemoryLayout<UInt32>.size, MemoryLayout<Int>.size, MemoryLayout<paitify_bytes>.size
        )
        let required = 2 * number + name
        let whole = unsafe MemoryLayout<paitify_http_keys_options>.size
        try unsafe HostStruct.copy(
            host, over: &self,
            fieldEnds: [
                required, required + word, required + 2 * word, required + 2 * word + name, whole - number, whole,
            ])
    }

    fileprivate func swiftOptions() throws(VerifyError) -> HTTPKeys.Options {
        guard unsafe flags == 0 else {
            throw VerifyError(.argument, "flags has a bit that this version does not know.")
        }
        var options = try unsafe HTTPKeys.Options(url: url.text("url"))
        options.keysPath = try unsafe Self.path(keys_file)
        options.authoritiesPath = try unsafe Self.path(ca_file)
        if unsafe proxy.length > 0 { options.proxy = try unsafe proxy.text("proxy") }
        options.connectTimeoutMilliseconds = unsafe connect_timeout_ms
        options.totalTimeoutMilliseconds = unsafe total_timeout_ms
        return options
    }

    private static func path(_ path: UnsafePointer<CChar>?) throws(VerifyError) -> [CChar]? {
        guard let path = unsafe path else { return nil }
        return try unsafe copyPath(path)
    }
}
