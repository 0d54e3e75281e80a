import POSIX
import PluginParts

/// The bytes of one command (RESP: redis.io, "Redis serialization protocol"), in memory that is used again and again.
@safe final class RedisCommand {
    private var block: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    private(set) var count = 0

    deinit {
        unsafe free(block)
    }

    /// Begins a command of so many words.
    func begin(words: Int64) throws(RedisFailure) {
        count = 0
        try addNumber(UInt8(ascii: "*"), words)
    }

    /// Adds a word, whatever bytes it is of.
    func add(_ word: Span<UInt8>) throws(RedisFailure) {
        try addNumber(UInt8(ascii: "$"), Int64(word.count))
        try append(word)
        try appendLineEnd()
    }

    func add(_ word: StaticString) throws(RedisFailure) {
        let outcome = word.withUTF8Buffer { bytes in
            Result { () throws(RedisFailure) in try unsafe add(bytes.span) }
        }
        try outcome.get()
    }

    func add(_ number: Int64) throws(RedisFailure) {
        try DecimalText(number).withBytes { digits throws(RedisFailure) in try add(digits) }
    }

    /// Adds a claim's key as one word: the prefix, the issuer's length, the issuer and the `jti`, so that no two pairs
    /// have one key.
    func addKey(
        prefix: Span<UInt8>, issuer: Span<UInt8>, authorizationID: Span<UInt8>
    ) throws(RedisFailure) {
        let length = DecimalText(Int64(issuer.count))
        let colon: InlineArray<1, UInt8> = [UInt8(ascii: ":")]
        let count = prefix.count + length.count + 1 + issuer.count + 1 + authorizationID.count
        try addNumber(UInt8(ascii: "$"), Int64(count))
        try append(prefix)
        try length.withBytes { digits throws(RedisFailure) in try append(digits) }
        try append(colon.span)
        try append(issuer)
        try append(colon.span)
        try append(authorizationID)
        try appendLineEnd()
    }

    /// The command from a byte on. As long-lived as the command.
    @unsafe func bytes(from start: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: block.map { unsafe $0 + start }, count: count - start)
    }

    private func addNumber(_ kind: UInt8, _ number: Int64) throws(RedisFailure) {
        let kind: InlineArray<1, UInt8> = [kind]
        try append(kind.span)
        try DecimalText(number).withBytes { digits throws(RedisFailure) in try append(digits) }
        try appendLineEnd()
    }

    private func appendLineEnd() throws(RedisFailure) {
        let end: InlineArray<2, UInt8> = [13, 10]
        try append(end.span)
    }

    private func append(_ bytes: Span<UInt8>) throws(RedisFailure) {
        let needed = count + bytes.count
        if needed > capacity {
            let larger = max(2 * capacity, needed, 1024)
            guard let moved = unsafe realloc(block, larger) else { throw RedisFailure("Memory ran out.") }
            unsafe block = moved.bindMemory(to: UInt8.self, capacity: larger)
            capacity = larger
        }
        guard let block = unsafe block else { return }
        for index in bytes.indices { unsafe block[count + index] = bytes[index] }
        count = needed
    }
}
