/// The keys that a verifier checks tokens with.
extension TokenVerifier {
    /// Installs the keys of a JWKS document, instead of those before.
    ///
    /// Returns the keys that were left out, each with its reason; the others serve from now on. If it throws, what was
    /// installed before still serves: `jwks` for a document that cannot be used, `weakKey` if every key in it is too
    /// weak, `rollback` for one older than another seen before, `argument` for a time before 1970. A time to come
    /// counts as now.
    ///
    /// - Parameters:
    ///   - document: the JWKS, 64 KiB at most.
    ///   - fetchedAt: when it was fetched, in Unix seconds.
    ///   - maxAgeSeconds: the `max-age` of the answer's Cache-Control, if the fetcher got one: where it is shorter than
    ///     `keysFreshSeconds`, the keys are fresh that long. 0 means that a refresh is due at once, as soon as the
    ///     cooldown allows.
    @discardableResult
    public func install(
        jwks document: Span<UInt8>, fetchedAt: Int64, maxAgeSeconds: UInt32? = nil
    ) throws(VerifyError) -> [LeftOutKey] {
        do throws(VerifyError) {
            try requireMemoryToInstall()
            return try install(
                KeySet.parse(document), document: document, fetchedAt: fetchedAt, maxAgeSeconds: maxAgeSeconds)
        } catch {
            noteRefused(error, isFile: false)
            throw error
        }
    }

    /// Installs a document that is parsed already.
    func install(
        _ root: JSONValue, document: Span<UInt8>, fetchedAt: Int64, maxAgeSeconds: UInt32?
    ) throws(VerifyError) -> [LeftOutKey] {
        try requireMemoryToInstall()  // again, now that the tree has taken its share
        let now = try options.clock.now()
        let kept = try SavedDocument.removingFetchedAt(from: document, root: root)
        try KeySet.checkSize(kept.count)
        let keys = try KeySet(root, allowed: algorithms, sha256: sha256)
        let ages = KeyAges(
            freshSeconds: options.keysFreshSeconds, maxStaleSeconds: options.keysMaxStaleSeconds,
            maxAgeSeconds: maxAgeSeconds, random: options.random())
        var before = KeyFreshness.none
        try cache.replace { cache throws(VerifyError) in
            before = cache.freshness(at: now)
            return try cache.installing(keys, document: kept, fetchedAt: fetchedAt, ages: ages, at: now)
        }
        noteInstalled(at: now, wasDue: before == .due || before == .stale)
        return keys.leftOut
    }

    /// Throws `noMemory` unless there is enough to read, copy and install any document.
    func requireMemoryToInstall() throws(VerifyError) { try Memory.require(1 << 20) }

    /// The document installed last and when it was fetched, or nil before the first.
    var installed: (document: [UInt8], fetchedAt: Int64)? {
        cache.read { cache in
            switch cache.state {
            case .empty: nil
            case .installed(let installation): (installation.document, installation.fetchedAt)
            }
        }
    }
}
