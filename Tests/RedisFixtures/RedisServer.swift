import Foundation
import Glibc
import Synchronization

/// A real redis-server on a Unix socket, which ends with the last reference to it.
package final class RedisServer: Sendable {
    private let folder: URL
    private let arguments: [String]
    private let process: Mutex<Process>
    package var socket: String { folder.appending(path: "socket").path }

    package struct NotStarted: Error {}

    /// Starts it, and waits until it listens.
    package init(_ arguments: [String] = []) throws {
        // A Unix socket's path has 107 bytes at most, so not in a folder that may be deep.
        folder = URL(filePath: "/tmp").appending(path: "paitify-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        self.arguments = arguments
        process = Mutex(Process())
        try start()
    }

    /// Starts it anew, after it was killed. What it held is gone.
    package func start() throws {
        try process.withLock { process in
            process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                [
                    "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "",
                    "--loglevel", "warning",
                ] + arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // The socket is there before anybody listens on it.
            while try command("ping") == nil {
                guard process.isRunning else { throw NotStarted() }
                usleep(2_000)
            }
        }
    }

    /// What redis-cli says to a command; nil if it failed.
    @discardableResult
    package func command(_ words: String...) throws -> String? {
        guard FileManager.default.fileExists(atPath: socket) else { return nil }
        let (client, output) = (Process(), Pipe())
        client.executableURL = URL(filePath: "/usr/bin/env")
        client.arguments = ["redis-cli", "-s", socket] + words
        client.standardOutput = output
        client.standardError = FileHandle.nullDevice
        try client.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        client.waitUntilExit()
        return client.terminationStatus == 0 ? String(decoding: said, as: UTF8.self) : nil
    }

    /// Ends it without a goodbye.
    package func kill() {
        process.withLock { process in
            // It starts with the signals blocked that this thread blocks: it would not hear of SIGTERM.
            Glibc.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }
}
