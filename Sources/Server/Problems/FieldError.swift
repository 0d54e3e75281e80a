/// What is wrong with one field of a request.
struct FieldError: Equatable, Sendable {
    /// Such as `limits[0].amount`; a query parameter's name where it is in the query.
    let field: String
    let code: ProblemCode
    let message: String
}
