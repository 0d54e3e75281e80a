import Verifier

/// The text of a record, as it is written and read: a JSON object on a line.
///
///     {"v":1,"seq":7,…,"prev":"<hash of record 6>","hash":"<SHA-256 of the line up to here, without ,"hash":…>"}
///
/// The hash is over the line's own bytes, the hash of the record before included: whoever changes a record has to
/// change every one after it.
struct RecordLine {
    static let begin: StaticString = "{\"v\":1,\"seq\":"
    static let lost: StaticString = ",\"lost\":"
    static let torn: StaticString = ",\"torn\":"
    static let previous: StaticString = ",\"prev\":\""
    static let hash: StaticString = "\",\"hash\":\""
    static let end: StaticString = "\"}"

    let sequence: Int64
    /// Decisions that were not recorded before this one, and bytes of a line that was cut short.
    let lost: Int64
    let torn: Int64
    let previousHash: ChainHead.Hash
    let hash: ChainHead.Hash
    /// How many of the line's bytes are under its hash.
    let hashedCount: Int

    /// What a line says of itself, without its line end; nil if it is no record's.
    init?(_ line: Span<UInt8>) {
        var offset = 0
        guard line.has(Self.begin, at: &offset), let sequence = line.number(at: &offset) else { return nil }
        self.sequence = sequence
        lost = line.has(Self.lost, at: &offset) ? line.number(at: &offset) ?? 0 : 0
        torn = line.has(Self.torn, at: &offset) ? line.number(at: &offset) ?? 0 : 0
        let tail = Self.previous.utf8CodeUnitCount + Self.hash.utf8CodeUnitCount + Self.end.utf8CodeUnitCount
        let start = line.count - tail - 2 * HexDigits.hashCount
        guard start >= offset else { return nil }
        offset = start
        guard line.has(Self.previous, at: &offset), let previousHash = line.hash(at: &offset) else { return nil }
        hashedCount = offset + 1  // the quote that ends prev
        guard line.has(Self.hash, at: &offset), let hash = line.hash(at: &offset), line.has(Self.end, at: &offset)
        else { return nil }
        self.previousHash = previousHash
        self.hash = hash
    }

    /// Whether the hash is that of the line.
    func isGenuine(_ line: Span<UInt8>, _ sha256: SHA256) throws(VerifyError) -> Bool {
        let digest = try ErrorQueue.leavingUntouched { () throws(VerifyError) in
            try sha256.digest(of: line.extracting(first: hashedCount))
        }
        return digest.span.equals(hash.span)
    }

    /// Whether bytes that do not end in a line end can be what is left of a record that was cut short: its beginning,
    /// or zeros, as a power cut leaves them.
    static func isTorn(_ bytes: Span<UInt8>) -> Bool {
        var isZero = true
        for index in bytes.indices where bytes[index] != 0 { isZero = false }
        if isZero { return true }
        return begin.withUTF8Buffer { begin in
            let count = min(begin.count, bytes.count)
            return unsafe bytes.extracting(first: count).equals(begin.span.extracting(first: count))
        }
    }
}

extension Span where Element == UInt8 {
    /// Whether the text stands there; then the offset is behind it.
    fileprivate func has(_ text: StaticString, at offset: inout Int) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        guard end <= count, extracting(offset..<end).equals(text) else { return false }
        offset = end
        return true
    }

    /// The number that stands there, of 18 digits at most; the offset is behind it. Nil if there is none.
    fileprivate func number(at offset: inout Int) -> Int64? {
        var number: Int64 = 0
        let start = offset
        while offset < count, offset - start < 18, case let digit = self[offset] &- UInt8(ascii: "0"), digit < 10 {
            number = number * 10 + Int64(digit)
            offset += 1
        }
        return offset > start ? number : nil
    }

    /// The hash that stands there; the offset is behind it. Nil if there is none.
    fileprivate func hash(at offset: inout Int) -> ChainHead.Hash? {
        let end = offset + HexDigits.hashCount
        guard end <= count, let hash = HexDigits.hash(extracting(offset..<end)) else { return nil }
        offset = end
        return hash
    }
}
