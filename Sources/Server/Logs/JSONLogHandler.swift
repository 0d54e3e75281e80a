import Issuer
import Logging
import NIOCore

/// Writes each event as one line of JSON, in one write, so that lines of several threads do not mix.
struct JSONLogHandler: LogHandler {
    private let label: String
    private let clock: Clock
    private let write: @Sendable (ByteBuffer) -> Void
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, clock: Clock, write: @escaping @Sendable (ByteBuffer) -> Void) {
        self.label = label
        self.clock = clock
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = JSONWriter.object { json in
            json.member("time", clock.now())
            json.member("level", event.level.rawValue)
            json.member("message", event.message.description)
            json.member("logger", label)
            let own = event.metadata ?? [:]
            let all = metadata.merging(own) { _, own in own }
            if !all.isEmpty {
                json.member("context") { json in
                    for (name, value) in all.sorted(by: { $0.key < $1.key }) {
                        if case .stringConvertible(let number as JSONNumber) = value {
                            json.member(named: name, json: number.description)
                        } else {
                            json.member(named: name, value.description)
                        }
                    }
                }
            }
        }
        line.writeStaticString("\n")
        write(line)
    }
}
