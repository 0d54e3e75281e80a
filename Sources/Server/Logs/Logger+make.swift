import Glibc
import Issuer
import Logging
import NIOCore
import Synchronization

extension Logger {
    /// Logs to standard error: for people at a terminal, one JSON object a line for everything else.
    ///
    /// `lost` counts lines that nobody took. The sink is to be flushed before the program ends; at a terminal there is none.
    static func make(level: Logger.Level, clock: Clock, lost: Counter) -> (Logger, LogSink?) {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let sink = isTerminal ? nil : LogSink(descriptor: STDERR_FILENO, lost: lost) { gap(of: $0, clock) }
        var logger = Logger(label: label) { label in
            guard let sink else { return StreamLogHandler.standardError(label: label) }
            return JSONLogHandler(label: label, clock: clock, write: sink.write)
        }
        logger.logLevel = level
        return (logger, sink)
    }

    private static let label = "paitify"

    /// The line that tells of lines that are not there.
    private static func gap(of lines: Int, _ clock: Clock) -> ByteBuffer {
        let made = Mutex(ByteBuffer())
        let logger = Logger(label: label) { label in
            JSONLogHandler(label: label, clock: clock) { line in made.withLock { $0 = line } }
        }
        logger.warning("log lines were dropped", metadata: ["lines": .number(lines)])
        return made.withLock(\.self)
    }

    /// For the framework's own remarks: what goes wrong there is thrown as well, and told once, by us.
    var quieter: Logger {
        var logger = self
        logger.logLevel = .critical
        return logger
    }
}
