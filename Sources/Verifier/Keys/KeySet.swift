/// A key of a set that is not used, and why.
public struct LeftOutKey: Sendable {
    /// Its position in the document's `keys`, from 0.
    public let index: Int
    /// Its `kid`, or nil if it has none that is a string.
    public let keyID: String?
    /// The reason; `detail` completes the sentence "the key is left out: …".
    public let reason: VerifyError
}

/// The keys of one JWKS document (RFC 7517 §5) that passed the rules. Immutable, so that a set is replaced whole.
struct KeySet: Sendable {
    static let documentBytesMax = 65_536
    static let depthMax = 8
    static let countMax = 100

    let keys: [PublicKey]
    let leftOut: [LeftOutKey]
    /// What a token of a key that may not verify is refused with. Put into words beforehand: a verification allocates nothing in Swift.
    private let refusals: [(kid: [UInt8], refusal: VerifyError)]
    /// The issuer's counter of published sets, which only grows; nil if the document has none.
    let sequence: Int64?

    /// Judges a document's keys. One bad key is left out and the others serve; what makes the whole set untrustworthy, or
    /// leaves no key to serve, throws (`jwks`, or `weakKey` if every key is too weak).
    init(_ root: JSONValue, allowed: AlgorithmSet, sha256: SHA256) throws(VerifyError) {
        guard let list = root["keys"], list.kind == .array else {
            throw VerifyError(.jwks, "The JWKS has no keys array.")
        }
        guard list.elements.count <= Self.countMax else {
            throw VerifyError(.jwks, "The JWKS has \(list.elements.count) keys; at most 100 are read.")
        }
        sequence = try Self.sequence(of: root)
        try Self.checkWhole(list)

        var keys: [PublicKey] = []
        var leftOut: [LeftOutKey] = []
        var refusals: [(kid: [UInt8], refusal: VerifyError)] = []
        var index = 0
        for element in list.elements {
            // What OpenSSL keeps with each key was not reckoned with when the call began.
            try Memory.require(Memory.reserve)
            let jwk = JWK(object: element)
            do throws(VerifyError) {
                keys.append(try PublicKey.make(jwk, allowed: allowed, sha256: sha256))
            } catch {
                // These say nothing about the key.
                guard error.status != .noMemory, error.status != .internalFailure else { throw error }
                let keyID = jwk.kid.map { String(copying: $0.span) }
                leftOut.append(LeftOutKey(index: index, keyID: keyID, reason: error))
                // A key that was garbled on its way may be whole at the next fetch: to its tokens it is unknown.
                if let kid = jwk.kid, error.status != .jwks {
                    refusals.append((kid, Self.refusal(ofTokensWith: error)))
                }
            }
            index += 1
        }
        guard !keys.isEmpty else { throw Self.nothingUsable(leftOut) }
        self.keys = keys
        self.leftOut = leftOut
        self.refusals = refusals
    }

    /// The key whose usual header this is, to the letter, or nil.
    func keyOfUsualHeader(_ header: Span<UInt8>) -> PublicKey? {
        for key in keys where key.usualHeader.equals(header) { return key }
        return nil
    }

    /// The key of that `kid`. It is only ever compared, byte for byte; it is no path, no query, no pattern.
    func key(_ kid: Span<UInt8>) throws(VerifyError) -> PublicKey {
        for key in keys where key.isNamed(kid) { return key }
        // The fault of a key that may not verify is final; "unknown" would have the host fetch and retry.
        for left in refusals where left.kid.span.equals(kid) { throw left.refusal }
        throw VerifyError(.unknownKey)
    }

    private static func refusal(ofTokensWith reason: VerifyError) -> VerifyError {
        VerifyError(reason.status, "The token's key is installed but not used: \(reason.detail).")
    }

    /// Reads a document's bytes as strict JSON; `bytesMax` is more than the usual where a saved file may be longer.
    static func parse(
        _ document: Span<UInt8>, bytesMax: Int = documentBytesMax
    ) throws(VerifyError) -> JSONValue {
        try checkSize(document.count, bytesMax: bytesMax)
        let second = try SecondReading(of: document, depthMax: depthMax)
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument.parse(document, maxDepth: depthMax).root
        } catch {
            // Only a number that jansson cannot hold does the other reader put up with.
            let isUnjust = error.kind != .numberOutOfRange && second.isAcceptable
            guard error.kind != .outOfMemory, !isUnjust else { throw VerifyError(.noMemory) }
            throw VerifyError(.jwks, "The JWKS is not strict JSON (\(error.text), at byte \(error.position)).")
        }
        guard second.agrees(with: root) else { throw VerifyError(.noMemory) }
        return root
    }

    static func checkSize(_ byteCount: Int, bytesMax: Int = documentBytesMax) throws(VerifyError) {
        guard byteCount <= bytesMax else {
            throw VerifyError(.jwks, "The JWKS has \(byteCount) bytes; at most 65536 are read.")
        }
    }

    private static func sequence(of root: JSONValue) throws(VerifyError) -> Int64? {
        guard let value = root["sequence"] else { return nil }
        guard let sequence = value.int64, sequence >= 0 else {
            throw VerifyError(.jwks, "The JWKS's sequence is no integer from 0 up.")
        }
        return sequence
    }

    /// What no set may have, for then it was not made by somebody who knew what he did: a secret that is published, or
    /// two keys of one name, of which a token would mean either.
    private static func checkWhole(_ list: JSONValue) throws(VerifyError) {
        var kids: [[UInt8]] = []
        for element in list.elements {
            let jwk = JWK(object: element)
            guard !jwk.isPrivate else {
                throw VerifyError(
                    .jwks, "The JWKS holds private or symmetric key material; tell the issuer, its key is exposed.")
            }
            guard let kid = jwk.kid else { continue }
            guard !kids.contains(kid) else {
                throw VerifyError(.jwks, "The JWKS has two keys of one kid (\(String(copying: kid.span))).")
            }
            kids.append(kid)
        }
    }

    private static func nothingUsable(_ leftOut: [LeftOutKey]) -> VerifyError {
        guard let first = leftOut.first else { return VerifyError(.jwks, "The JWKS holds no keys.") }
        var allWeak = true
        for key in leftOut where key.reason.status != .weakKey { allWeak = false }
        return VerifyError(
            allWeak ? .weakKey : .jwks,
            "None of the JWKS's \(leftOut.count) keys can be used; of keys[\(first.index)]: \(first.reason.detail)."
        )
    }
}
