// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyHeader
import Verifier

// MARK: Options

@c @implementation
public func paitify_options_init(_ options: UnsafeMutablePointer<paitify_options>!, _ struct_size: UInt32) {
    unsafe HostStruct.initialize(options, to: .defaults, size: struct_size)
}

extension paitify_options {
    static var defaults: paitify_options {
        let defaults = TokenVerifier.Options(issuer: "", audiences: [])
        var options = unsafe paitify_options()
        unsafe options.leeway_s = defaults.leewaySeconds
        unsafe options.max_lifetime_s = defaults.maxLifetimeSeconds
        unsafe options.max_token_bytes = defaults.maxTokenBytes
        unsafe options.keys_fresh_s = defaults.keysFreshSeconds
        unsafe options.keys_max_stale_s = defaults.keysMaxStaleSeconds
        unsafe options.keys_cooldown_s = defaults.keysCooldownSeconds
        return unsafe options
    }

    /// The host's options over the defaults. Throws `argument`.
    init(copying host: UnsafePointer<paitify_options>) throws(VerifyError) {
        unsafe self = .defaults
        // struct_size, flags, issuer, audiences, audience_count: without these there is no verifier. Then come seven
        // numbers, and nine pointers at the end.
        let number = MemoryLayout<UInt32>.size
        let word = MemoryLayout<Int>.size
        let required = unsafe 2 * number + MemoryLayout<paitify_bytes>.size + 2 * word
        let whole = unsafe MemoryLayout<paitify_options>.size
        var fieldEnds = InlineArray<17, Int>(repeating: required)
        for index in 1...7 { fieldEnds[index] = required + index * number }
        for index in 8...16 { fieldEnds[index] = whole - (16 - index) * word }
        try unsafe HostStruct.copy(host, over: &self, fieldEnds: fieldEnds)
    }

    /// The same as the verifier has them. Throws `argument` for what no verifier could do anything with.
    func swiftOptions(_ callbacks: HostCallbacks) throws(VerifyError) -> TokenVerifier.Options {
        guard unsafe flags & ~PAITIFY_ACCEPT_TEST == 0 else {
            throw VerifyError(.argument, "flags has a bit that this version does not know.")
        }
        var options = try unsafe TokenVerifier.Options(issuer: issuer.text("issuer"), audiences: copyAudiences())
        options.acceptsTestEnvironment = unsafe flags & PAITIFY_ACCEPT_TEST != 0
        options.algorithms = unsafe AlgorithmSet(rawValue: algorithms)
        options.leewaySeconds = unsafe leeway_s
        options.maxLifetimeSeconds = unsafe max_lifetime_s
        options.maxTokenBytes = unsafe max_token_bytes
        options.keysFreshSeconds = unsafe keys_fresh_s
        options.keysMaxStaleSeconds = unsafe keys_max_stale_s
        options.keysCooldownSeconds = unsafe keys_cooldown_s
        if let clock = callbacks.clock { options.clock = clock }
        options.replayGuard = callbacks.replayGuard
        options.audit = callbacks.auditSink
        options.keysWanted = callbacks.keysWanted
        return options
    }

    private func copyAudiences() throws(VerifyError) -> [String] {
        guard unsafe audience_count > 0 else { return [] }
        // The bound comes before the first access: a wild count must not make us read wild memory.
        guard unsafe audience_count <= 64, let first = unsafe audiences else {
            throw VerifyError(.argument, "audiences is null, or has more than 64 entries.")
        }
        var texts: [String] = []
        for index in 0..<(unsafe audience_count) { texts.append(try unsafe first[index].text("audiences[\(index)]")) }
        return texts
    }
}
