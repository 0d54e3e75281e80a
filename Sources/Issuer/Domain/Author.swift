/// Who changed something, and in which request: what the audit log says of every change.
struct Author: Sendable, Equatable {
    /// An API key's or a person's identifier, or one of the names below.
    let actor: String
    /// What the request is called in its answer and in the log.
    let requestID: String?

    init(actor: String, requestID: String? = nil) {
        self.actor = actor
        self.requestID = requestID
    }

    /// The issuer by itself: its schedule, its first start.
    static let issuer = Author(actor: "issuer")
    /// Somebody at the machine, by a command.
    static let command = Author(actor: "command")
    /// The bearer of the operator's key.
    static let operatorName = "operator"
}
