import Foundation
import Issuer
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Server

@Suite struct `Log lines` {
    @Test func `are one JSON object each`() throws {
        let lines = Mutex<[String]>([])
        var logger = Logger(label: "test") { label in
            JSONLogHandler(label: label, clock: Clock { Instant(milliseconds: 0) }) { line in
                lines.withLock { $0.append(String(buffer: line)) }
            }
        }
        logger[metadataKey: "a"] = "1"
        logger.warning("two\nlines \"quoted\"", metadata: ["b": "\u{1b}[31m"])
        let line = try #require(lines.withLock { $0.first })
        #expect(
            line
                == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"two\nlines \"quoted\"","logger":"test","#
                + #""context":{"a":"1","b":"\u001b[31m"}}"# + "\n")
    }
}
