import Issuer

extension AgentDraft {
    static let names = ["name", "description", "metadata"]

    init(_ body: ObjectReader) throws {
        let name = body.text("name", required: true, Name.init)
        let description = body.text("description", Note.init)
        let metadata = body.metadata()
        self.init(
            name: try body.findings.all(name), description: description, metadata: metadata ?? Metadata())
    }
}

extension AgentChange {
    static let names = ["name", "description", "metadata", "status"]

    init(_ body: ObjectReader) throws {
        let name = body.text("name", Name.init)
        let description = body.text("description", Note.init)
        let metadata = body.metadata()
        let status = body.choice("status", Agent.Status.self)
        try body.findings.check()
        // In a change, null takes away what may be absent; what may not be keeps its value.
        let newDescription: Change<Note> =
            if let description { .set(description) } else { body.mentions("description") ? .clear : .keep }
        let newMetadata = metadata ?? (body.mentions("metadata") ? Metadata() : nil)
        self.init(name: name, description: newDescription, metadata: newMetadata, status: status)
    }
}
