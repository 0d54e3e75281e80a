/// Keeping the keys on disk, so that a processor that restarts without a network verifies at once.
extension TokenVerifier {
    /// Installs the keys in a file: one that `saveKeys` wrote, with the time of fetch it recorded, or any JWKS, taken
    /// as fetched when the file was last changed. The file's time is the system's; where the verifier has another
    /// clock, it says nothing, and the keys count as fetched now.
    ///
    /// A time of fetch to come (beyond the leeway) is not believed, for then the keys would be young at every load: the
    /// file's time is taken instead, and if that is no better, the file is refused (`jwks`).
    ///
    /// Throws `io`, or what `install(jwks:fetchedAt:maxAgeSeconds:)` throws. May wait for the disk.
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
        do throws(VerifyError) {
            try requireMemoryToInstall()
            let (bytes, changedAt) = try KeyFile.read(path)
            let root = try KeySet.parse(bytes.span, bytesMax: KeyFile.bytesMax)
            let fetchedAt = try fetchTime(recorded: SavedDocument.fetchedAt(of: root), changedAt: changedAt)
            return try install(root, document: bytes.span, fetchedAt: fetchedAt, maxAgeSeconds: nil)
        } catch {
            noteRefused(error, isFile: true)
            throw error
        }
    }

    /// As above, of a path that ends in a NUL.
    package func saveKeys(path: [CChar]) throws(VerifyError) {
        try requireMemoryToInstall()
        guard let (document, fetchedAt) = installed else { throw VerifyError(.noKeys) }
        guard let saved = SavedDocument.adding(fetchedAt: fetchedAt, to: document) else {
            throw VerifyError(.internalFailure)
        }
        try KeyFile.replace(path, with: saved)
    }

    private func fetchTime(recorded: Int64?, changedAt: Int64) throws(VerifyError) -> Int64 {
        let now = try options.clock.now().wallSeconds
        let latest = now.addingClamped(Int64(options.leewaySeconds))
        if let recorded, recorded <= latest { return recorded }
        if options.clock.isSystem {
            guard changedAt <= latest else {
                throw VerifyError(
                    .jwks, "The file's time is in the future, so its age is unknown; set the clock, or fetch again."
                )
            }
            return changedAt
        }
        guard recorded == nil else {
            throw VerifyError(
                .jwks, "The file's \(SavedDocument.fetchedAtMember) is in the future; set the clock, or fetch again.")
        }
        return now
    }
}
