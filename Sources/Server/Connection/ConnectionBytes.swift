import NIOCore

/// Stands before the HTTP parser and tells the guard of every byte that comes in.
final class ConnectionBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionGuard
    private var discards = false

    init(_ connection: ConnectionGuard) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.bytes = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.bytes = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Not for a request that waited until another was answered: others may wait behind it, and none would be one too many.
        connection.mayReadAhead = false
        switch connection.bytesArrived(unwrapInboundIn(data).readableBytes) {
        case .parse: context.fireChannelRead(data)
        case .discard: discards = true
        case .close: context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody behind asks for more once the answer is out; the client has to get rid of the rest all the same. And nobody
        // asks before it is out: to stop listening for that long, and begin again, takes two system calls a request. So
        // one read more is asked for, which mostly brings the next request, and is held back where it comes too early.
        if discards || connection.mayReadAhead { context.read() }
        connection.mayReadAhead = false
    }
}
