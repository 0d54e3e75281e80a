/// Keeping the keys on disk, so that a processor that restarts without a network verifies at once.
extension TokenVerifier {
    /// The member that a saved JWKS has more than the issuer's: when it was fetched, in Unix seconds. Readers of a JWKS
    /// ignore members that they do not know (RFC 7517 §5).
    static let fetchedAtMember: StaticString = "paitify_fetched_at"

    /// Installs the keys in a file: one that `saveKeys` wrote, with the time of fetch it recorded, or any JWKS, taken
    /// as fetched when the file was last changed. The file's time is the system's; where the verifier has another
    /// clock, it says nothing, and the keys count as fetched now.
    ///
    /// Throws `io`, or what `install(jwks:fetchedAt:)` throws. May wait for the disk.
    @discardableResult
    public func loadKeys(path: String) throws(VerifyError) -> [LeftOutKey] {
        try loadKeys(path: Array(path.utf8CString))
    }

    /// Writes the installed document with its time of fetch, replacing the file as a whole.
    ///
    /// Throws `noKeys` if nothing is installed, or `io`. Waits for the disk.
    public func saveKeys(path: String) throws(VerifyError) {
        try saveKeys(path: Array(path.utf8CString))
    }

    /// As above, of a path that ends in a NUL.
    @discardableResult
    package func loadKeys(path: [CChar]) throws(VerifyError) -> [LeftOutKey] {
        let (bytes, changedAt) = try KeyFile.read(path)
        let fetchedAt: Int64 =
            if let recorded = try? JSONDocument.parse(bytes, maxDepth: KeySet.depthMax).root[Self.fetchedAtMember]?
                .int64
            {
                recorded
            } else if options.clock.isSystem {
                changedAt
            } else {
                try options.clock.now().wallSeconds
            }
        return try install(jwks: bytes.span, fetchedAt: fetchedAt)
    }

    /// As above, of a path that ends in a NUL.
    package func saveKeys(path: [CChar]) throws(VerifyError) {
        guard let (document, fetchedAt) = installed else { throw VerifyError(.noKeys) }
        let saved = try? JSONDocument.parse(document, maxDepth: KeySet.depthMax)
            .text(setting: Self.fetchedAtMember, to: fetchedAt)
        // The document parsed when it was installed, so only memory can be missing now.
        guard let saved = saved ?? nil else { throw VerifyError(.noMemory) }
        try KeyFile.replace(path, with: saved)
    }
}
