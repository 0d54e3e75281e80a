internal import Foundation

/// What is recorded under an idempotency key.
private enum Outcome<Value: Codable & Sendable>: Codable, Sendable {
    case done(Value)
    case refused(IssuerError)

    var result: Result<Value, IssuerError> {
        switch self {
        case .done(let value): .success(value)
        case .refused(let refusal): .failure(refusal)
        }
    }
}

/// The recorded answers of requests that must take effect once.
extension Issuer {
    /// Runs `body` the first time; afterwards gives again what it gave, success or refusal.
    ///
    /// The record is written in `body`'s own transaction, so there is never one without the other. `body` throws an
    /// `IssuerError` only before its first change, not counting what has lapsed: a refusal is recorded where the request
    /// has a key, and the transaction goes on, so that what has lapsed stays so.
    func once<Value: Codable & Sendable>(
        _ once: OnceOnly?, holdsSecret: Bool = false, in books: Books, _ body: (Books) throws -> Value
    ) throws -> Answered<Value> {
        guard let once else {
            return Answered(result: try attempt(books, body).result, replayed: false, requestID: nil)
        }
        let context = SealedOutcome.context(
            books.companyID, books.environment, IdempotencyKeys.name(once.key, in: books))
        if let record = try Self.answer(to: once, in: books) {
            let outcome: Outcome<Value> = try read(record.outcome, sealed: holdsSecret, context)
            return Answered(result: outcome.result, replayed: true, requestID: record.requestID)
        }
        let outcome = try attempt(books, body)
        let text = try JSONText.encode(outcome)
        try IdempotencyKeys.write(
            once, outcome: holdsSecret ? try SealedOutcome.seal(text, under: masterKey, context) : text, in: books)
        return Answered(result: outcome.result, replayed: false, requestID: nil)
    }

    /// Keeps that the request was refused for what it says, before anything was looked up: its key is taken, as by every
    /// other answer. Gives what the first answer called the request, where this is not the first.
    public func keepRefusal(under once: OnceOnly, as principal: Principal) async throws -> String? {
        try await admitted(principal, isWriting: true) { books in
            if let record = try Self.answer(to: once, in: books) { return record.requestID }
            // Read only by a version that would take the request.
            let refusal = IssuerError.invalid(
                field: "", InvalidValue("was refused when it was first sent under this Idempotency-Key"))
            try IdempotencyKeys.write(
                once, outcome: try JSONText.encode(Outcome<Bool>.refused(refusal)), in: books)
            return nil
        }
    }

    /// What the request was first answered with; nil where this is the first. Throws where its key is another request's.
    private static func answer(to once: OnceOnly, in books: Books) throws -> IdempotencyKeys.Record? {
        let found = try IdempotencyKeys.find(once.key, in: books)
        if let record = found.own {
            guard record.fingerprint == once.fingerprint else { throw IssuerError.idempotencyKeyReused }
            return record
        }
        return found.company.flatMap { $0.fingerprint == once.fingerprint ? $0 : nil }
    }

    private func attempt<Value: Codable & Sendable>(
        _ books: Books, _ body: (Books) throws -> Value
    ) throws -> Outcome<Value> {
        do {
            return .done(try body(books))
        } catch let refusal as IssuerError where refusal.isFinal {
            return .refused(refusal)
        }
    }

    private func read<Value: Decodable>(_ text: String, sealed: Bool, _ context: String) throws -> Value {
        // A refusal that was kept before anything was made holds no secret.
        let json = sealed && !text.hasPrefix("{") ? try SealedOutcome.open(text, under: masterKey, context) : text
        do {
            return try JSONDecoder().decode(Value.self, from: Foundation.Data(json.utf8))
        } catch {
            throw StorageError.corrupt("an idempotency record cannot be read: \(error)")
        }
    }
}

extension OnceOnly? {
    func foreseen(by principal: Principal) -> [Foreseen.Subject] {
        map { [.answer($0.key, for: principal.agentID)] } ?? []
    }
}

extension IssuerError {
    /// Asking the same again will be refused again: the answer belongs to the request. Faults of the moment do not.
    fileprivate var isFinal: Bool {
        switch self {
        case .notFound, .invalidState, .confirmExceedsAuthorized, .invalid: true
        case .unauthenticated, .forbidden, .versionMismatch, .idempotencyKeyReused, .storage, .signing, .busy,
            .operatorOnly, .signingKeyTooNew, .account:
            false
        }
    }
}
