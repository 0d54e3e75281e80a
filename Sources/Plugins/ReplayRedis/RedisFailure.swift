import PluginParts

/// Why there is no answer from the server. The connection it happened on is of no more use: what was sent on it may
/// have been done all the same.
struct RedisFailure: Error {
    let words: ShortText

    init(_ words: ShortText) { self.words = words }

    init(_ words: StaticString) { self.words = ShortText(words) }
}
