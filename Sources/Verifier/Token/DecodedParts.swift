/// A token's parts, decoded. A foreign character anywhere comes before a wrong spelling anywhere.
struct DecodedParts {
    let header: TokenMemory.DecodedPart
    let payload: TokenMemory.DecodedPart
    let signature: TokenMemory.DecodedPart

    /// - Parameter readsHeader: false where the header is known by its encoded bytes already; it is left out then.
    ///
    /// Throws `malformed` or `base64`.
    init(
        of token: Span<UInt8>, _ jws: CompactJWS, readsHeader: Bool, in memory: TokenMemory
    ) throws(VerifyError) {
        let headerText = token.extracting(readsHeader ? jws.header : 0..<0)
        let header = memory.decode(headerText)
        let payload = memory.decode(token.extracting(jws.payload), behind: header.part)
        let signature = memory.decode(token.extracting(jws.signature), behind: payload.part)

        if header.outcome == .foreignCharacter || payload.outcome == .foreignCharacter
            || signature.outcome == .foreignCharacter
        {
            throw VerifyError(.malformed)
        }
        guard header.outcome == .canonical, payload.outcome == .canonical, signature.outcome == .canonical else {
            throw VerifyError(.base64)
        }
        self.header = header.part
        self.payload = payload.part
        self.signature = signature.part
    }
}
