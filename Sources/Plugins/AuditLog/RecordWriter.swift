import PluginParts
import Verifier

/// Writes records as lines, each with the hash of the one before. One thread at a time.
final class RecordWriter {
    private let line: LineBuffer
    private let sha256: SHA256

    /// Throws `noMemory`, or `internalFailure` if OpenSSL has no SHA-256.
    static func make() throws(VerifyError) -> RecordWriter {
        RecordWriter(try LineBuffer.make(), try SHA256.fetch())
    }

    private init(_ line: LineBuffer, _ sha256: SHA256) {
        self.line = line
        self.sha256 = sha256
    }

    /// The line of a decision, its end included, after what `head` is the head of; and the head that it makes.
    ///
    /// - Parameters:
    ///   - lost: decisions that could not be recorded since the record before.
    ///   - torn: bytes of a line that was cut short, and that were taken off the file since then.
    func write(
        _ entry: borrowing AuditEntry, after head: ChainHead, lost: Int64, torn: Int64
    ) throws(VerifyError) -> ChainHead {
        line.begin()
        line.append(RecordLine.begin)
        line.append(head.sequence + 1)
        if lost > 0 { append(RecordLine.lost, lost) }
        if torn > 0 { append(RecordLine.torn, torn) }
        try append(entry)
        line.append(RecordLine.previous)
        line.appendHex(head.hash.span)
        line.append(UInt8(ascii: "\""))
        let hash = try unsafe digest(of: line.bytes.span)
        line.append(",\"hash\":\"")
        line.appendHex(hash.span)
        line.append("\"}\n")
        guard !line.isTooLong else { throw VerifyError(.internalFailure) }
        return ChainHead(sequence: head.sequence + 1, hash: hash)
    }

    /// The line that was written last. As long-lived as the next one.
    @unsafe var bytes: UnsafeBufferPointer<UInt8> { unsafe line.bytes }

    private func append(_ entry: borrowing AuditEntry) throws(VerifyError) {
        append(",\"at\":", entry.at)
        line.append(",\"status\":\"")
        line.append(VerificationStatus(rawValue: entry.status)?.name ?? "PAITIFY_UNKNOWN_STATUS")
        append("\",\"code\":", Int64(entry.status))
        line.append(",\"token_sha256\":")
        appendDigest(entry.tokenSHA256)
        append(",\"amount\":", entry.amount)
        append(",\"max_amount\":", entry.maxAmount)
        line.append(",\"currency\":")
        try append(entry.currency.span)
        try unsafe append(",\"merchant_id\":", entry.merchantID)
        try unsafe append(",\"transaction_id\":", entry.transactionID)
        try unsafe append(",\"key_id\":", entry.keyID)
        try unsafe append(",\"authorization_id\":", entry.authorizationID)
        try unsafe append(",\"agent_id\":", entry.agentID)
        try unsafe append(",\"company_id\":", entry.companyID)
    }

    private func append(_ name: StaticString, _ number: Int64) {
        line.append(name)
        line.append(number)
    }

    private func append(_ name: StaticString, _ text: UnsafeBufferPointer<UInt8>) throws(VerifyError) {
        line.append(name)
        if unsafe text.baseAddress == nil { return line.append("null") }
        try unsafe append(text.span)
    }

    /// As a string; or, where it is none of UTF-8, or long, as its length and digest.
    private func append(_ text: Span<UInt8>) throws(VerifyError) {
        if text.count <= LineBuffer.textBytesMax, (try? UTF8Span(validating: text)) != nil {
            return line.appendString(text)
        }
        append("{\"length\":", Int64(text.count))
        line.append(",\"sha256\":\"")
        line.appendHex(try digest(of: text).span)
        line.append("\"}")
    }

    /// Zeros are null.
    private func appendDigest(_ digest: SHA256.Digest) {
        var any: UInt8 = 0
        for index in digest.indices { any |= digest[index] }
        guard any != 0 else { return line.append("null") }
        line.append(UInt8(ascii: "\""))
        line.appendHex(digest.span)
        line.append(UInt8(ascii: "\""))
    }

    private func digest(of bytes: Span<UInt8>) throws(VerifyError) -> SHA256.Digest {
        try ErrorQueue.leavingUntouched { () throws(VerifyError) in try sha256.digest(of: bytes) }
    }
}
