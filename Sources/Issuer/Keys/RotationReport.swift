/// What came of a change of signing keys.
public struct RotationReport: Sendable, Equatable, Codable {
    /// The key that signs now.
    public let signing: String
    /// The key that signs next.
    public let announced: String
    /// The key that signed until now, when this change retired it.
    public let retired: String?
    /// A sentence for the operator, when the change has a price.
    public let warning: String?

    /// As the API and the commands give it.
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("signing", signing)
            json.member("announced", announced)
            json.member("retired", retired)
            json.member("warning", warning)
        }
    }

    var json: String { JSONWriter.text(write) }
}
