import HTTPTypes
import Issuer

/// Everything that is wrong with a request, gathered while it is read, so that one answer names it all.
final class Findings {
    /// Enough for any honest mistake; a request made of nothing else costs no more than this.
    static let errorsMax = 100

    private(set) var errors: [FieldError] = []
    private var missing: IssuerError?
    let oversizedNumbers: Set<String>

    init(oversizedNumbers: Set<String> = []) {
        self.oversizedNumbers = oversizedNumbers
    }

    var isFull: Bool { errors.count == Self.errorsMax }

    /// Notes one error a field: what follows from it would only repeat it.
    func note(_ field: String, _ code: ProblemCode, _ message: String) {
        guard errors.count < Self.errorsMax, !errors.contains(where: { $0.field == field }) else { return }
        errors.append(FieldError(field: field, code: code, message: message))
    }

    /// Notes an identifier that is of the right kind and cannot be anything's: as good as one that is not there.
    func noteMissing(_ field: String, _ resource: IssuerError.Resource, _ id: String) {
        if missing == nil { missing = .notFound(resource, id) }
        note(field, .notFound, "does not identify \(resource.nounWithArticle) of yours")
    }

    /// Throws when anything was noted.
    func check() throws {
        guard !errors.isEmpty else { return }
        if errors.count == 1, let missing { throw missing }
        throw Problem(invalid: errors)
    }

    /// The values, once all are there: a nil has always left a finding behind.
    func all<each Value>(_ value: repeat (each Value)?) throws -> (repeat each Value) {
        try check()
        return (repeat try Self.unwrap(each value))
    }

    private static func unwrap<Value>(_ value: Value?) throws -> Value {
        guard let value else {
            throw Problem(
                .internalError, "A required value was neither read nor refused. This is a bug.")
        }
        return value
    }
}
