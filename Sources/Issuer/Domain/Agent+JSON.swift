extension Agent {
    /// As the API and the audit log give it.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id.text)
            json.member("name", name.text)
            json.member("description", description?.text)
            json.member("status", status.rawValue)
            json.member("metadata", pairs: metadata.pairs)
            json.member("createdAt", createdAt)
        }
    }

    var json: String { JSONWriter.text(write) }
}
