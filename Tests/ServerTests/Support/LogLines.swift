import Foundation
import Issuer
import Logging
import NIOCore
import Synchronization

@testable import Server

/// The log of a server, in the format that a machine reads, down to the last level.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock(\.self) }

    var logger: Logger {
        var logger = Logger(label: "test") { label in
            JSONLogHandler(label: label, clock: Clock { TestServer.now }) { line in
                self.lines.withLock { $0.append(String(buffer: line)) }
            }
        }
        logger.logLevel = .trace
        return logger
    }

    /// The context of every line that says `message`, as another reader reads it.
    func contexts(of message: String) throws -> [[String: Any]] {
        try all.compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return object?["message"] as? String == message ? object?["context"] as? [String: Any] : nil
        }
    }
}
