import Foundation

/// A real redis-server on a Unix socket, which ends with the last reference to it.
final class RedisServer: @unchecked Sendable {
    // Sendable: nothing changes once it runs.
    private let process = Process()
    private let folder: URL
    var socket: String { folder.appending(path: "socket").path }

    struct NotStarted: Error {}

    /// Starts it, and waits until it listens.
    init() throws {
        // A Unix socket's path has 107 bytes at most, so not in a folder that may be deep.
        folder = URL(filePath: "/tmp").appending(path: "paitify-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path, "--save", "",
            "--loglevel", "warning",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The socket is there before anybody listens on it.
        while try !answers() {
            guard process.isRunning else { throw NotStarted() }
            usleep(2_000)
        }
    }

    private func answers() throws -> Bool {
        guard FileManager.default.fileExists(atPath: socket) else { return false }
        let ping = Process()
        ping.executableURL = URL(filePath: "/usr/bin/env")
        ping.arguments = ["redis-cli", "-s", socket, "ping"]
        ping.standardOutput = FileHandle.nullDevice
        ping.standardError = FileHandle.nullDevice
        try ping.run()
        ping.waitUntilExit()
        return ping.terminationStatus == 0
    }

    deinit {
        // It starts with the signals blocked that this thread blocks: it would not hear of SIGTERM.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
