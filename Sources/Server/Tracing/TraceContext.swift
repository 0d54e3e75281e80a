import HTTPTypes

/// A request's place in a trace, by W3C Trace Context level 1 (https://www.w3.org/TR/trace-context-1/).
///
/// The issuer records no spans and calls nobody: it takes part so that its log, and whoever reads its answers, can be
/// brought together with everything else that happened in the same trace.
struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    let traceID: String
    /// What this request is called in the trace from here on: 16 such digits.
    let spanID: String
    let flags: UInt8
    /// The caller's `tracestate`, passed on as it came. Nil where there is none that may be.
    let state: String?

    /// Bits that have a meaning: sampled, and level 2's random. Section 2.2.3.3: all others are sent as 0.
    private static let knownFlags: UInt8 = 0x03

    /// Continues the trace that the request's header names, or begins one: where there is none, or none that is
    /// well-formed.
    ///
    /// `random` gives 64 random bits at a call.
    init(_ headers: HTTPFields, random: () -> UInt64) {
        let parents = headers[values: .traceparent]
        spanID = Self.nonzero(random).hexadecimalDigits
        // Twice is not once: section 3.2.
        guard parents.count == 1, let parent = TraceParent(parents[0]) else {
            traceID = Self.nonzero(random).hexadecimalDigits + random().hexadecimalDigits
            flags = 0
            // Section 3.3: without a traceparent that can be read, tracestate is not.
            state = nil
            return
        }
        traceID = parent.traceID
        flags = parent.flags & Self.knownFlags
        state = TraceState.passedOn(headers[values: .tracestate])
    }

    /// The `traceparent` of whatever this request causes, and of its answer.
    var parent: String {
        "00-\(traceID)-\(spanID)-0\(flags)"
    }

    private static func nonzero(_ random: () -> UInt64) -> UInt64 {
        let number = random()
        return number == 0 ? 1 : number
    }
}

/// The header field `traceparent`, section 3.2.
struct TraceParent: Equatable {
    let traceID: String
    let parentID: String
    let flags: UInt8

    /// Nil unless `text` is well-formed: of version 00 exactly, of a later one as far as version 00 goes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        // 2 of version, 32 of trace-id, 16 of parent-id, 2 of flags, and three hyphens.
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = Self.hexadecimal(bytes[0..<2]), version != 0xFF,
            Self.isIdentifier(bytes[3..<35]), Self.isIdentifier(bytes[36..<52]),
            let flags = Self.hexadecimal(bytes[53..<55])
        else { return nil }
        guard bytes.count == 55 || (version > 0 && bytes[55] == UInt8(ascii: "-")) else { return nil }
        traceID = String(decoding: bytes[3..<35], as: UTF8.self)
        parentID = String(decoding: bytes[36..<52], as: UTF8.self)
        self.flags = flags
    }

    private static func isIdentifier(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.allSatisfy { isDigit($0) } && digits.contains { $0 != UInt8(ascii: "0") }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.allSatisfy({ isDigit($0) }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// Capital letters are not allowed.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
