import POSIX

/// The memory that a verification works in, and where what it found stays: used again for the next token, so that after
/// the first none is asked for.
///
/// Written by one verification at a time; what it holds is valid until the next. It comes from malloc, whose refusal can
/// be reported; Swift's own allocation would end the process.
@safe package final class TokenMemory: @unchecked Sendable {
    // Sendable: whoever shares one, as a `VerifiedAuthorization` does, writes it no more.

    private var block: UnsafeMutableRawPointer?
    private var tokenBytesMax = 0

    package init() {}

    deinit {
        unsafe free(block)
    }

    /// Makes room for a token of so many bytes. What was held before is gone. Throws `noMemory`.
    func prepare(forTokenOf byteCount: Int) throws(VerifyError) {
        guard byteCount > tokenBytesMax else { return }
        var capacity = 1024
        while capacity < byteCount { capacity *= 2 }
        unsafe free(block)
        unsafe block = malloc(Layout(tokenBytes: capacity).byteCount)
        guard unsafe block != nil else {
            tokenBytesMax = 0
            throw VerifyError(.noMemory)
        }
        tokenBytesMax = capacity
    }

    /// What is where. Every area is large enough for the largest part that a token of `tokenBytes` can have.
    private struct Layout {
        let nodeCount: Int
        let decodedBytes: Int

        init(tokenBytes: Int) {
            // Two bits of eight are lost in base64url.
            let partBytes = tokenBytes / 4 * 3 + 3
            nodeCount = JSONReader.nodesMax(forTextOf: partBytes)
            decodedBytes = partBytes + Base64URL.overshoot + JSONReader.lookahead
        }

        var unescaped: Int { nodeCount * MemoryLayout<JSONNode>.stride }
        var keyID: Int { unescaped + decodedBytes }
        /// Of the three parts, one after another, as `DecodedPart` has them.
        var parts: Int { keyID + Header.kidBytesMax }
        var byteCount: Int { parts + decodedBytes + 2 * (Base64URL.overshoot + JSONReader.lookahead) }
    }

    private var layout: Layout { Layout(tokenBytes: tokenBytesMax) }

    // MARK: The decoded parts

    /// Where in the memory a decoded part of the token is.
    package struct DecodedPart: Sendable {
        fileprivate let start: Int
        let count: Int
        /// Where the next part can begin.
        fileprivate var end: Int { start + count + Base64URL.overshoot + JSONReader.lookahead }
    }

    /// Decodes a part of the token that `prepare` was told of, behind another one.
    func decode(
        _ text: Span<UInt8>, behind other: DecodedPart? = nil
    ) -> (part: DecodedPart, outcome: Base64URL.Outcome) {
        let start = other?.end ?? 0
        guard let block = unsafe block else { return (DecodedPart(start: 0, count: 0), .foreignCharacter) }
        let target = unsafe (block + layout.parts + start).assumingMemoryBound(to: UInt8.self)
        let (count, outcome) = unsafe Base64URL.decode(text, into: target)
        unsafe (target + count).update(repeating: 0, count: JSONReader.lookahead)
        return (DecodedPart(start: start, count: count), outcome)
    }

    /// The bytes of a part, for as long as they are there.
    @unsafe package func bytes(of part: DecodedPart) -> UnsafeBufferPointer<UInt8> {
        guard let block = unsafe block else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        let start = unsafe (block + layout.parts + part.start).assumingMemoryBound(to: UInt8.self)
        return unsafe UnsafeBufferPointer(start: start, count: part.count)
    }

    /// Reads a part as JSON. The tape is valid until the next part is read so, or another token.
    func readJSON(
        _ part: DecodedPart, depthMax: Int, membersMax: Int = .max
    ) throws(JSONFault) -> JSONTape {
        guard let block = unsafe block, let text = unsafe bytes(of: part).baseAddress else {
            throw JSONFault(kind: .prematureEnd, offset: 0)
        }
        let nodes = unsafe UnsafeMutableBufferPointer(
            start: block.assumingMemoryBound(to: JSONNode.self), count: layout.nodeCount)
        let unescaped = unsafe (block + layout.unescaped).assumingMemoryBound(to: UInt8.self)
        var reader = unsafe JSONReader(
            text: text, count: part.count, unescaped: unescaped, nodes: nodes, depthMax: depthMax,
            membersMax: membersMax)
        try reader.read()
        return unsafe JSONTape(
            text: text, unescaped: unescaped, nodes: block.assumingMemoryBound(to: JSONNode.self))
    }

    // MARK: What the token says

    /// The claims of the last token, once its signature was found to hold.
    var signedClaims: JSONTapeValue?
    private var keyIDCount = 0

    /// Forgets what the last token said, before another is looked at.
    func forget() {
        signedClaims = nil
        keyIDCount = 0
    }

    /// Keeps the `kid`, which is in the token's header, or in a key that may be gone before the result is read.
    func keepKeyID(_ kid: Span<UInt8>) {
        guard let block = unsafe block, kid.count <= Header.kidBytesMax else { return keyIDCount = 0 }
        unsafe kid.withUnsafeBytes { bytes in
            if let first = bytes.baseAddress {
                unsafe (block + layout.keyID).copyMemory(from: first, byteCount: bytes.count)
            }
        }
        keyIDCount = kid.count
    }

    /// The `kid` that was kept last, or none: a null pointer then, as for all that a host is told and that is not known.
    @unsafe package var keyID: UnsafeBufferPointer<UInt8> {
        guard let block = unsafe block, keyIDCount > 0 else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        return unsafe UnsafeBufferPointer(
            start: (block + layout.keyID).assumingMemoryBound(to: UInt8.self), count: keyIDCount)
    }
}
