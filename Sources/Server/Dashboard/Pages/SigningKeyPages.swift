import Hummingbird
import Issuer

/// `/signing-keys`: what signs the tokens, and where its rotation stands.
struct SigningKeyPages {
    func add(to pages: PageTable) {
        pages.page("/signing-keys") { visit in try await show(visit) }
        pages.form("/signing-keys/rotate", rotate)
        pages.form("/signing-keys/:kid/revoke", revoke)
    }

    private func show(_ visit: Visit, problem: String? = nil, said: String? = nil) async throws -> Response {
        let keys = try await visit.issuer.signingKeys(as: visit.caller)
        let content = SigningKeysContent(
            keys, rotationSeconds: visit.issuer.settings.keyRotationSeconds, now: visit.issuer.now,
            mayRotate: try await visit.issuer.mayChangeSigningKeys(visit.caller), problem: problem, once: visit.attempt,
            said: visit.query("rotated") != nil
                ? "Rotated: the announced key now signs, and another has been announced."
                : said)
        return try await visit.show(
            "signing-keys", title: "Signing keys", content, status: problem == nil ? .ok : .conflict)
    }

    private func rotate(_ visit: Visit, _ form: FormFields) async throws -> Response {
        do {
            _ = try await visit.issuer.rotateSigningKey(force: false, as: visit.caller, once: visit.once(form, []))
                .value
            return visit.redirect(to: "/signing-keys?rotated=1")
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            return try await show(visit, problem: problem)
        }
    }

    private func revoke(_ visit: Visit, _ form: FormFields) async throws -> Response {
        guard try form.optional("sure") != nil else {
            return try await show(visit, problem: "Nothing was revoked: tick the box to confirm.")
        }
        let kid = visit.scope.parameters.get("kid") ?? ""
        do {
            let report = try await visit.issuer.revokeSigningKey(
                kid: kid, as: visit.caller, once: visit.once(form, [kid])
            ).value
            let sentences = [
                "Revoked: \(kid). Its private key is destroyed. Have every processor fetch the key set now: until then it "
                    + "accepts the key's tokens.", report.warning,
            ]
            return try await show(visit, said: sentences.compactMap(\.self).joined(separator: " "))
        } catch {
            guard let problem = FormProblem.text(error) else { throw error }
            return try await show(visit, problem: problem)
        }
    }
}

/// `page` in signing-keys.mustache.
struct SigningKeysContent {
    struct Row {
        let rowKid: String
        let rowAlgorithm: String
        let rowState: String
        let rowTone: String
        let rowMeaning: String
        let rowAnnounced: String
        let rowSince: String
        let rowUntil: String
        /// What revoking it does; nil where there is nothing to revoke.
        let rowRevoking: String?

        init(_ key: SigningKeyInfo, mayRevoke: Bool) {
            (rowKid, rowAlgorithm) = (key.kid, key.algorithm.rawValue)
            (rowState, rowTone, rowMeaning) = (key.state.word, key.state.tone, key.state.meaning)
            rowAnnounced = TimeText.day(key.announcedAt)
            rowSince = key.signingSince.map(TimeText.minute) ?? "–"
            rowUntil = (key.endedAt ?? key.retiredAt).map(TimeText.minute) ?? "–"
            rowRevoking = mayRevoke ? key.state.revoking : nil
        }
    }

    let said: String?
    let rows: [Row]
    let rotationText: String
    let mayRotate: Bool
    let problem: String?
    let once: String

    init(
        _ keys: [SigningKeyInfo], rotationSeconds: Int64, now: Instant, mayRotate: Bool, problem: String?, once: String,
        said: String?
    ) {
        rows = keys.reversed().map { Row($0, mayRevoke: mayRotate) }
        let next = keys.first { $0.state == .signing }?.signingSince?.adding(seconds: rotationSeconds)
        let when =
            next.map { " The next rotation is due \(TimeText.relative($0, to: now)), \(TimeText.day($0))." } ?? ""
        rotationText =
            "Keys rotate automatically every \(TimeText.length(seconds: rotationSeconds)): the announced key starts signing, "
            + "and the previous key stays published while its tokens are valid.\(when)"
        (self.mayRotate, self.problem, self.once, self.said) = (mayRotate, problem, once, said)
    }
}
