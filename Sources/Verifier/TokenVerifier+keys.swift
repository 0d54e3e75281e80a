/// The keys that a verifier checks tokens with.
extension TokenVerifier {
    /// Installs the keys of a JWKS document that was fetched at `fetchedAt` (Unix seconds), instead of those before.
    ///
    /// Returns the keys that were left out, each with its reason; the others serve from now on. If it throws, what was
    /// installed before still serves: `jwks` for a document that cannot be used, `weakKey` if every key in it is too
    /// weak, `rollback` for one older than another seen before, `argument` for a time before 1970. A time to come
    /// counts as now.
    @discardableResult
    public func install(jwks document: Span<UInt8>, fetchedAt: Int64) throws(VerifyError) -> [LeftOutKey] {
        try requireMemoryToInstall()
        return try install(KeySet.parse(document), document: document, fetchedAt: fetchedAt)
    }

    /// Installs a document that is parsed already.
    func install(
        _ root: JSONValue, document: Span<UInt8>, fetchedAt: Int64
    ) throws(VerifyError) -> [LeftOutKey] {
        try requireMemoryToInstall()  // again, now that the tree has taken its share
        let now = try options.clock.now()
        let kept = try SavedDocument.removingFetchedAt(from: document, root: root)
        try KeySet.checkSize(kept.count)
        let keys = try KeySet(root, allowed: algorithms, sha256: sha256)
        try cache.replace { cache throws(VerifyError) in
            try cache.installing(keys, document: kept, fetchedAt: fetchedAt, at: now)
        }
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
