import Issuer

/// Reads what people type about themselves, with one sentence for whatever is wrong.
enum AccountFields {
    /// A password that may be anybody's: what is wrong with a new one, its use case says.
    static func password(_ text: String) throws(InvalidValue) -> Password {
        guard !text.isEmpty else { throw InvalidValue(code: .required, "is required") }
        guard let password = Password(text) else {
            throw InvalidValue(code: .outOfRange, "must be at most \(Password.charactersMax) characters long")
        }
        return password
    }

    /// Of a form: an address that is none is nobody's.
    static func email(_ form: FormFields) throws -> EmailAddress {
        try field("email") { () throws(InvalidValue) in try EmailAddress(try text("email", of: form)) }
    }

    static func password(_ form: FormFields, _ name: String = "password") throws -> Password {
        try field(name) { () throws(InvalidValue) in try password(try text(name, of: form)) }
    }

    static func company(_ form: FormFields) throws -> Name {
        try field("company") { () throws(InvalidValue) in try Name(try text("company", of: form)) }
    }

    private static func text(_ name: String, of form: FormFields) throws(InvalidValue) -> String {
        do {
            return try form.text(name)
        } catch {
            throw InvalidValue(code: .duplicateField, "is there twice")
        }
    }

    private static func field<Value>(_ name: String, _ read: () throws(InvalidValue) -> Value) throws -> Value {
        do throws(InvalidValue) {
            return try read()
        } catch {
            throw IssuerError.invalid(field: name, error)
        }
    }
}

extension SignUpDraft {
    static let names = ["company", "email", "password"]

    init(_ body: ObjectReader) throws {
        let company = body.text("company", required: true, Name.init)
        let email = body.text("email", required: true, EmailAddress.init)
        let password = body.text("password", required: true) { (text) throws(InvalidValue) in
            try AccountFields.password(text)
        }
        let all = try body.findings.all(company, email, password)
        self.init(company: all.0, email: all.1, password: all.2)
    }
}
