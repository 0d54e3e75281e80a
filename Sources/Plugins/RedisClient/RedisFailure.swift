package import PluginParts

/// Why there is no answer from the server. The connection it happened on is of no more use: what was sent on it may
/// have been done all the same.
package struct RedisFailure: Error {
    package let words: ShortText

    package init(_ words: ShortText) { self.words = words }

    package init(_ words: StaticString) { self.words = ShortText(words) }
}
