import POSIX
import PluginParts
public import Verifier

/// What a look at a file of records found.
public struct AuditReport: Sendable {
    /// What is wrong with a line.
    public enum Fault: Sendable {
        /// It is no record, or longer than any.
        case notARecord
        /// It has another hash than its bytes have: it was changed.
        case changed
        /// It does not follow from the line before: one was taken out, put in, or put elsewhere.
        case outOfOrder
        /// The file ends in it, and it has no end: a crash, or it is being written.
        case cutShort
    }

    /// The first line that is not as it was written, counted from 1, and what is wrong with it; nil if all are.
    public internal(set) var firstBad: (line: Int64, fault: Fault)?
    /// The records before that.
    public internal(set) var recordCount: Int64 = 0
    /// The number of the first, and of the last; 0 if there is none.
    public internal(set) var firstSequence: Int64 = 0
    public internal(set) var lastSequence: Int64 = 0
    /// The hash that the first one continues: zeros, or that of another file's last record.
    public internal(set) var previousHash = InlineArray<32, UInt8>(repeating: 0)
    /// The hash of the last one.
    public internal(set) var lastHash = InlineArray<32, UInt8>(repeating: 0)
    /// Decisions that the records say were not recorded.
    public internal(set) var lostCount: Int64 = 0
    /// Bytes of lines that were cut short, and that the records say were taken off.
    public internal(set) var tornBytes: Int64 = 0
    /// Whether a record has the hash that was asked for.
    public internal(set) var hasWantedHash = false

    /// Looks at every line of a file, which may be written meanwhile. Throws `io`, `noMemory` or `internalFailure`.
    ///
    /// - Parameter wantedHash: the hash of a record that the file should have, or had. A chain shows what was changed
    ///   in it, and cannot show that its end was cut off: a hash that was kept elsewhere does.
    public init(path: String, wantedHash: InlineArray<32, UInt8>? = nil) throws(VerifyError) {
        try self.init(path: Array(path.utf8CString), wantedHash: wantedHash)
    }

    /// As above, of a path that ends in a NUL.
    package init(path: [CChar], wantedHash: InlineArray<32, UInt8>?) throws(VerifyError) {
        try Memory.require(Memory.reserve + 2 * LineBuffer.capacity)
        let sha256 = try SHA256.fetch()
        let lines = try LineFile.open(path)
        var number: Int64 = 0
        while try lines.next() {
            number += 1
            if let fault = try unsafe add(lines.line.span, isWhole: lines.isWhole, wantedHash, sha256) {
                firstBad = (number, fault)
                return
            }
        }
    }

    private mutating func add(
        _ line: Span<UInt8>, isWhole: Bool, _ wantedHash: ChainHead.Hash?, _ sha256: SHA256
    ) throws(VerifyError) -> Fault? {
        guard isWhole else { return line.count < LineBuffer.capacity ? .cutShort : .notARecord }
        guard let record = RecordLine(line) else { return .notARecord }
        guard try record.isGenuine(line, sha256) else { return .changed }
        if recordCount == 0 {
            firstSequence = record.sequence
            previousHash = record.previousHash
        } else if record.sequence != lastSequence + 1 || !record.previousHash.span.equals(lastHash.span) {
            return .outOfOrder
        }
        recordCount += 1
        lastSequence = record.sequence
        lastHash = record.hash
        lostCount += record.lost
        tornBytes += record.torn
        if let wantedHash, wantedHash.span.equals(record.hash.span) { hasWantedHash = true }
        return nil
    }
}
