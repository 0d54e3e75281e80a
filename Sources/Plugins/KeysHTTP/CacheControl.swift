/// How long an answer says that it is fresh: what a verifier goes by of its Cache-Control fields (RFC 9111 §5.2.2).
///
/// Other directives are left aside: `s-maxage` and `private` are for shared caches, and how long keys serve when they
/// are no longer fresh is the verifier's own rule. So are `Expires` and `Pragma`.
struct CacheControl: Sendable, Equatable {
    /// The smallest `max-age`. One that is no number is 0: such an answer may be held for stale (§4.2.1).
    private(set) var maxAgeSeconds: UInt32?
    /// `no-cache` or `no-store`: ask again before each use. A verifier cannot; it asks as often as it may.
    private(set) var forbidsReuse = false

    /// Reads one field's value, of which an answer may have several.
    mutating func read(_ value: ArraySlice<UInt8>) {
        var reader = FieldReader(value)
        while !reader.isAtEnd {
            let name = reader.token().lowercased
            let argument = reader.skip(UInt8(ascii: "=")) ? reader.tokenOrQuoted() : []
            if name.equals("max-age") {
                maxAgeSeconds = min(maxAgeSeconds ?? .max, Self.deltaSeconds(argument) ?? 0)
            } else if name.equals("no-cache") || name.equals("no-store") {
                forbidsReuse = true
            }
            reader.skipPastComma()
        }
    }

    /// For how many seconds the answer is fresh from now on, if it says so. `ageSeconds` is what its Age field says
    /// (§5.1).
    func freshSeconds(ageSeconds: UInt32) -> UInt32? {
        if forbidsReuse { return 0 }
        guard let maxAgeSeconds else { return nil }
        return maxAgeSeconds > ageSeconds ? maxAgeSeconds - ageSeconds : 0
    }

    /// Digits alone; what is too large counts as 2^31 (§1.2.2). Nil for anything else.
    static func deltaSeconds(_ digits: some Collection<UInt8>) -> UInt32? {
        guard !digits.isEmpty else { return nil }
        var seconds: UInt64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            seconds = min(seconds * 10 + UInt64(byte - UInt8(ascii: "0")), 1 << 31)
        }
        return UInt32(seconds)
    }
}
