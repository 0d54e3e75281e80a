/// The fields of an answer that a fetch goes by, as they come in, line by line.
struct ResponseHead: Sendable {
    /// What an answer's fields may be long, those of interim answers included. libcurl bounds each line, not their
    /// number.
    static let bytesMax = 32 << 10
    /// A longer entity tag is not kept: the next request asks for the whole document.
    static let etagBytesMax = 256
    /// What is kept of a text that is only put into a message.
    private static let quotedBytesMax = 96

    private(set) var etag: [UInt8]?
    private(set) var cacheControl = CacheControl()
    private(set) var ageSeconds: UInt32 = 0
    /// The media type, in lower case and without its parameters; empty where none is named.
    private(set) var mediaType: [UInt8] = []
    /// The content coding, in lower case; empty where none is named.
    private(set) var contentCoding: [UInt8] = []
    /// Where a redirect points.
    private(set) var location: [UInt8] = []
    private var bytes = 0

    /// For how many seconds the answer is fresh, if it says so.
    var freshSeconds: UInt32? { cacheControl.freshSeconds(ageSeconds: ageSeconds) }

    /// Reads one line, the status line and the empty one at the end included. False if there are too many.
    mutating func read(_ line: [UInt8]) -> Bool {
        bytes += line.count
        guard bytes <= Self.bytesMax else { return false }
        guard !line.begins(with: "HTTP/") else {
            // Another answer begins: that before was an interim one.
            let bytes = bytes
            self = ResponseHead()
            self.bytes = bytes
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        note(name: line[..<colon].lowercased, value: line[(colon + 1)...].trimmed)
        return true
    }

    private mutating func note(name: [UInt8], value: ArraySlice<UInt8>) {
        if name.equals("etag") {
            etag = Self.entityTag(value)
        } else if name.equals("cache-control") {
            cacheControl.read(value)
        } else if name.equals("age") {
            ageSeconds = max(ageSeconds, CacheControl.deltaSeconds(value) ?? 0)
        } else if name.equals("content-type") {
            mediaType = Self.mediaType(value)
        } else if name.equals("content-encoding") {
            contentCoding = value.prefix(Self.quotedBytesMax).lowercased
        } else if name.equals("location") {
            location = Array(value.prefix(Self.quotedBytesMax))
        }
    }

    /// An entity tag that can be sent back (RFC 9110 §8.8.3): a quoted string, perhaps with `W/` before it; or nil.
    static func entityTag(_ value: ArraySlice<UInt8>) -> [UInt8]? {
        guard value.count <= etagBytesMax else { return nil }
        let opaque = value.begins(with: "W/") ? value.dropFirst(2) : value
        let quote = UInt8(ascii: "\"")
        guard opaque.count >= 2, opaque.first == quote, opaque.last == quote else { return nil }
        let isTag = opaque.dropFirst().dropLast().allSatisfy { $0 > 0x20 && $0 != quote && $0 != 0x7F }
        return isTag ? Array(value) : nil
    }

    private static func mediaType(_ value: ArraySlice<UInt8>) -> [UInt8] {
        var reader = FieldReader(value.prefix(quotedBytesMax))
        let type = reader.token().lowercased
        return reader.skip(UInt8(ascii: "/")) ? type + [UInt8(ascii: "/")] + reader.token().lowercased : type
    }
}
