internal import Dispatch
internal import Foundation
internal import GRDB
internal import Glibc

/// A copy of a store's file as it is at one instant, made while it is in use.
///
/// A connection of its own, opened read-only, holds one read transaction from the first page to the last: what is
/// committed before it begins is in the copy, nothing after is, and decisions go on meanwhile. What they write stays in
/// the write-ahead log until the copy is done, which grows by so much. The connection neither writes nor checkpoints
/// (see `SQLiteStore`).
public enum SQLiteCopy {
    /// Pages that are read before the thread looks up: 4 MiB.
    private static let pagesAtOnce: CInt = 1024
    /// How often what was written is sent to the disk. A flush of all of it at once would keep the flush of a decision
    /// waiting that comes behind it.
    private static let stepsBetweenFlushes = 8

    /// Makes `destination` from the store at `source`: one file, which no write-ahead log belongs to, mode 0600.
    /// Returns how many bytes it has, once they are on disk. Throws where `destination` exists, and leaves nothing
    /// there when it fails.
    public static func make(of source: String, at destination: String) async throws -> Int64 {
        try await onOwnThread { () throws(StorageError) in try copy(source, destination) }
    }

    private static func onOwnThread<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            DispatchQueue(label: "paitify.copy", qos: .utility).async {
                do throws(StorageError) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private static func copy(_ source: String, _ destination: String) throws(StorageError) -> Int64 {
        // Kept open until SQLite is done with the file: it flushes, and nothing else.
        let file = unsafe open(destination, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("cannot make", destination) }
        defer { close(file) }
        do throws(StorageError) {
            try fill(destination, from: source, flushing: file)
            guard fsync(file) == 0 else { throw failure("cannot write", destination) }
            var status = stat()
            guard unsafe fstat(file, &status) == 0 else { throw failure("cannot write", destination) }
            return Int64(status.st_size)
        } catch {
            unsafe unlink(destination)
            throw error
        }
    }

    private static func fill(
        _ destination: String, from source: String, flushing file: Int32
    ) throws(StorageError) {
        do {
            let reader = try DatabaseQueue(path: source, configuration: SQLiteConnection.readerConfiguration)
            defer { try? reader.close() }
            // Nobody reads it before it is whole: a journal would only write everything twice.
            let writer = try connection(to: destination, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            var steps = 0
            try writer.writeWithoutTransaction { copy in
                try reader.read { books in
                    // The transaction begins with its first read.
                    _ = try Int.fetchOne(books, sql: "SELECT COUNT(*) FROM sqlite_master")
                    try books.backup(to: copy, pagesPerStep: pagesAtOnce) { _ in
                        steps += 1
                        if steps % stepsBetweenFlushes == 0 { fdatasync(file) }
                    }
                }
            }
            try writer.close()
            // The copied header says that there is a write-ahead log. A file for itself can be read from any medium.
            let alone = try connection(to: destination, "PRAGMA journal_mode = DELETE;")
            try alone.close()
        } catch {
            throw SQLiteFailure(error).storageError
        }
    }

    private static func connection(to path: String, _ pragmas: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "paitify.sqlite.copy"
        configuration.prepareDatabase { try $0.execute(sql: pragmas) }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private static func failure(_ what: String, _ path: String) -> StorageError {
        // strerror gives a text for every number.
        .unavailable("\(what) \(path): \(unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error")")
    }
}
