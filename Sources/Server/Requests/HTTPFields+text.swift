import HTTPTypes

extension HTTPFields {
    /// The field's value as the subscript gives it, several joined by commas. The subscript joins one, too, which takes ten
    /// times as long; every request has a handful of fields that are looked at.
    func text(_ name: HTTPField.Name) -> String? {
        let values = self[values: name]
        return values.count > 1 ? values.joined(separator: ", ") : values.first
    }
}
