import Glibc
import Issuer
import Logging
import NIOCore

extension Logger {
    /// Logs to standard error: for people at a terminal, one JSON object a line for everything else.
    static func make(level: Logger.Level, clock: Clock) -> Logger {
        var logger = Logger(label: "paitify") { label in
            guard isatty(STDERR_FILENO) == 1 else {
                return JSONLogHandler(label: label, clock: clock, write: writeToStandardError)
            }
            return StreamLogHandler.standardError(label: label)
        }
        logger.logLevel = level
        return logger
    }

    /// For the framework's own remarks: what goes wrong there is thrown as well, and told once, by us.
    var quieter: Logger {
        var logger = self
        logger.logLevel = .critical
        return logger
    }
}

@Sendable private func writeToStandardError(_ line: ByteBuffer) {
    unsafe line.withUnsafeReadableBytes { bytes in
        // A log that cannot be written must not stop the service.
        _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
