import POSIX
import PluginParts

/// The bytes of commands (RESP: redis.io, "Redis serialization protocol"), in memory that is used again and again.
@safe package final class RedisCommand {
    private var block: UnsafeMutablePointer<UInt8>?
    private var capacity = 0
    package private(set) var count = 0

    deinit {
        unsafe free(block)
    }

    /// Begins a command of so many words. What was there before is gone.
    package func begin(words: Int64) throws(RedisFailure) {
        count = 0
        try beginNext(words: words)
    }

    /// Begins one more, to be sent with those before it.
    package func beginNext(words: Int64) throws(RedisFailure) {
        try addNumber(UInt8(ascii: "*"), words)
    }

    /// Adds a word, whatever bytes it is of.
    package func add(_ word: Span<UInt8>) throws(RedisFailure) {
        try addNumber(UInt8(ascii: "$"), Int64(word.count))
        try append(word)
        try appendLineEnd()
    }

    package func add(_ word: [UInt8]) throws(RedisFailure) { try add(word.span) }

    package func add(_ word: StaticString) throws(RedisFailure) {
        let outcome = word.withUTF8Buffer { bytes in
            Result { () throws(RedisFailure) in try unsafe add(bytes.span) }
        }
        try outcome.get()
    }

    package func add(_ number: Int64) throws(RedisFailure) {
        try DecimalText(number).withBytes { digits throws(RedisFailure) in try add(digits) }
    }

    /// Begins a word of so many bytes, which are then added in parts, and ended.
    package func beginWord(bytes: Int) throws(RedisFailure) {
        try addNumber(UInt8(ascii: "$"), Int64(bytes))
    }

    package func addPart(_ part: Span<UInt8>) throws(RedisFailure) {
        try append(part)
    }

    package func endWord() throws(RedisFailure) {
        try appendLineEnd()
    }

    /// Takes back everything.
    package func clear() { count = 0 }

    /// The commands from a byte on. As long-lived as this.
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
