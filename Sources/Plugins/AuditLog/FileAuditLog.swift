import PluginParts
public import Verifier

/// An audit in a file: a JSON line a decision, each with the hash of the one before, so that none can be changed, taken
/// out or put in between without all that follow showing it. It never holds a token.
///
/// One log writes a file, and no other process. Any number of threads; they take turns. What cannot be recorded (a full
/// disk) is counted, told by `health`, and noted in the next record that is written: an audit cannot fail a
/// verification. After a fork it serves the process that opened it; what a child is told is recorded nowhere.
public final class FileAuditLog: AuditSink, @unchecked Sendable {
    // Sendable: what changes is touched under the lock alone.
    private let path: [CChar]
    private let syncs: Bool
    private let lock: Lock
    private let writer: RecordWriter
    private let sha256: SHA256
    private let reasons: LastReason
    private let process = OwnProcess()
    private var file: LogFile
    private var head: ChainHead
    /// Decisions that were not recorded, and bytes of cut lines that were taken off: to be noted by the next record.
    private var lost: Int64 = 0
    private var torn: Int64
    /// Bytes of a cut line that are still in the file.
    private var tornInFile = 0
    private var counts = AuditLogHealth()

    /// A log in the file at `path`, which is made if it is not there (for its owner alone, mode 0600). A chain that is
    /// there is continued; what is left of a last line that was cut short by a crash is taken off, and the next record
    /// tells of it.
    ///
    /// - Parameter syncsEachRecord: whether each record is on disk before its verification returns. Without it a crash
    ///   of the process loses nothing, and one of the machine the last records.
    ///
    /// Throws `io` for a file that cannot be written, is open in another log, or does not end as a log ends;
    /// `argument`; `noMemory`; `internalFailure`.
    public convenience init(path: String, syncsEachRecord: Bool = false) throws(VerifyError) {
        try self.init(path: Array(path.utf8CString), syncsEachRecord: syncsEachRecord)
    }

    /// As above, of a path that ends in a NUL.
    package convenience init(path: [CChar], syncsEachRecord: Bool) throws(VerifyError) {
        guard path.count > 1 else { throw VerifyError(.argument, "path is empty.") }
        try Memory.require(Memory.reserve)
        // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
        let (lock, reasons, sha256) = (try Lock.make(), try LastReason.make(), try SHA256.fetch())
        let writer = try RecordWriter.make()
        let file = try LogFile.open(path)
        let end = try file.takeUp(sha256)
        self.init(path, syncsEachRecord, lock, writer, sha256, reasons, file, end)
    }

    private init(
        _ path: [CChar], _ syncs: Bool, _ lock: Lock, _ writer: RecordWriter, _ sha256: SHA256, _ reasons: LastReason,
        _ file: LogFile, _ end: LogFile.End
    ) {
        self.path = path
        self.syncs = syncs
        self.lock = lock
        self.writer = writer
        self.sha256 = sha256
        self.reasons = reasons
        self.file = file
        head = end.head
        torn = end.torn
    }

    public func record(_ decision: borrowing Decision) {
        let entry = AuditEntry(decision)
        record(entry)
    }

    /// As above, of what C is told.
    package func record(_ entry: borrowing AuditEntry) {
        guard process.isThis else { return }
        lock.holding {
            do throws(VerifyError) {
                try append(entry)
            } catch {
                lose(ShortText(error.status == .noMemory ? "Memory ran out." : "A record could not be made."), entry.at)
            }
        }
    }

    private func append(_ entry: borrowing AuditEntry) throws(VerifyError) {
        guard tornInFile == 0 || takeOffTorn() else {
            return lose(ShortText("A line that was cut short cannot be taken off the file."), entry.at)
        }
        let next = try writer.write(entry, after: head, lost: lost, torn: torn)
        switch unsafe file.append(writer.bytes) {
        case .appended:
            head = next
            (lost, torn) = (0, 0)
            counts.recordedCount += 1
            guard syncs else { return }
            let number = file.sync()
            guard number != 0 else { return }
            counts.unsyncedCount += 1
            reasons.note(ShortText("A record could not be put on disk: ", systemError: number), at: entry.at)
        case .failed(let number):
            lose(ShortText("A record could not be written: ", systemError: number), entry.at)
        case .torn(let bytes, let number):
            tornInFile = bytes
            lose(ShortText("A record could not be written whole: ", systemError: number), entry.at)
        }
    }

    private func takeOffTorn() -> Bool {
        guard file.takeOff(tornInFile) else { return false }
        torn += Int64(tornInFile)
        tornInFile = 0
        return true
    }

    private func lose(_ reason: ShortText, _ at: Int64) {
        lost += 1
        counts.lostCount += 1
        reasons.note(reason, at: at)
    }

    /// Goes on in the file that is at the path now: for whoever renames the file from time to time. The chain goes on
    /// too: the new file's first record has the hash of the old one's last.
    ///
    /// If it throws, the log goes on in the file that it had. Throws what `init` throws.
    public func reopen() throws(VerifyError) {
        guard process.isThis else { throw VerifyError(.io, "The log is that of this process's parent.") }
        try Memory.require(Memory.reserve)
        let outcome = lock.holding { Result { () throws(VerifyError) in try turn() } }
        try outcome.get()
    }

    private func turn() throws(VerifyError) {
        if file.isAt(path) { return }
        let other = try LogFile.open(path)
        let end = try other.takeUp(sha256)
        file = other
        tornInFile = 0
        torn += end.torn
        // A new file continues this chain; one that has records, its own.
        if end.head.sequence > 0 { head = end.head }
    }

    /// What was recorded, and what was not.
    public var health: AuditLogHealth {
        var health = lock.holding {
            var health = counts
            health.sequence = head.sequence
            health.lastHash = head.hash
            return health
        }
        (health.lastReason, health.lastFailedAt) = reasons.last
        return health
    }
}
