import ArgumentParser
import Glibc
import Issuer

/// Why a command gives up: one line on standard error, and the exit code.
struct Failure: Error, CustomStringConvertible {
    let description: String
    var exitCode: Int32 = EXIT_FAILURE

    init(_ description: String, exitCode: Int32 = EXIT_FAILURE) {
        self.description = description
        self.exitCode = exitCode
    }

    /// sysexits.h's EX_CONFIG.
    static let wrongConfiguration: Int32 = 78
    /// sysexits.h's EX_IOERR.
    static let unwritableOutput: Int32 = 74

    /// Runs a command's body and ends the process with one line for what it throws.
    static func reporting<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as ExitCode {
            throw error
        } catch {
            let failure = Failure(error)
            Console.complain("paitify: \(failure.description)")
            throw ExitCode(failure.exitCode)
        }
    }

    private init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as ConfigurationError: self.init("\(error)", exitCode: Self.wrongConfiguration)
        case let error as KeyError: self.init("\(error)", exitCode: Self.wrongConfiguration)
        case let error as IssuerError: self.init(error.sentence)
        case let error as StorageError: self.init(IssuerError.storage(error).sentence)
        default: self.init("\(error)")
        }
    }
}

extension IssuerError {
    /// For the operator, who may know more than a client of the API.
    var sentence: String {
        switch self {
        case .storage(.unavailable(let sentence)): "the store cannot be used: \(sentence)"
        case .storage(.commitUnknown(let sentence)): "it is not known whether the store took it: \(sentence)"
        case .storage(.constraint(let sentence)): "the store refused what may never be: \(sentence)"
        case .storage(.corrupt(let sentence)): "the store is damaged: \(sentence)"
        case .storage(.schema(let sentence)): "the store is of another version: \(sentence)"
        case .signing(let sentence): "the signing keys cannot be used: \(sentence)"
        default: Problem(self as any Error).detail
        }
    }
}

/// Standard output and standard error, as commands use them.
enum Console {
    /// Throws when nobody gets to read it: a key that is shown once may be in it.
    static func print(_ bytes: [UInt8]) throws {
        guard put(bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO) else {
            throw Failure(
                "it was done, but the answer cannot be written to standard output: \(SystemError.text(errno))",
                exitCode: Failure.unwritableOutput)
        }
    }

    static func print(_ text: String) throws {
        try print(Array(text.utf8))
    }

    static func complain(_ text: String) {
        let line = text.map { $0.isNewline ? " " : $0 }
        _ = put(Array((String(line) + "\n").utf8), to: STDERR_FILENO)
    }

    /// False when not all of it could be written; `errno` then says why.
    private static func put(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
