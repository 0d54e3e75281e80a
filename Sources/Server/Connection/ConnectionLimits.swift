import NIOCore

/// What one client may take of the server: room, and time.
struct ConnectionLimits: Sendable {
    /// All header fields together, and the request line.
    var headerBytesMax = 16 * 1024
    var headerFieldsMax = 64
    var bodyBytesMax = 64 * 1024
    /// From the first byte of a request to the end of its header.
    var headerTimeout: TimeAmount = .seconds(5)
    /// From the end of the header to the end of the body.
    var bodyTimeout: TimeAmount = .seconds(10)
    /// From the first byte of a request until the client has taken the last byte of the answer.
    var requestTimeout: TimeAmount = .seconds(15)
    /// Between requests, and before the first.
    var idleTimeout: TimeAmount = .seconds(30)
    var connectionsMax = 1024

    /// After an answer that ends the connection, what still comes is thrown away so long, so that the client gets to
    /// read the answer: closing with unread input would reset the connection and take the answer with it.
    var lingerTimeout: TimeAmount = .seconds(1)
    var lingerBytesMax = 256 * 1024
}
