import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 as the framework serves it, with our limits around the parser.
///
/// The framework's own channel has no deadline for a header, a body or an answer, and reads on after a refusal.
struct GuardedHTTPChannel: HTTPChannelHandler {
    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let makeRequestID: @Sendable () -> String
    var witness = ConnectionWitness()

    func setup(
        channel: any Channel, logger: Logger
    ) -> EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>> {
        channel.eventLoop.makeCompletedFuture {
            try addHandlers(to: channel.pipeline.syncOperations, now: channel.eventLoop.now)
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    /// bytes → parser → one request at a time → the guard → the framework's types.
    func addHandlers(to pipeline: ChannelPipeline.SynchronousOperations, now: NIODeadline) throws {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headerBytesMax
        decoderLimits.maxHeaderListSize = limits.headerBytesMax
        decoderLimits.maxHeaderFieldCount = limits.headerFieldsMax
        let connection = ConnectionGuard(
            limits: limits, now: now, makeRequestID: makeRequestID, witness: witness)
        try pipeline.addHandler(ConnectionBytes(connection))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
        try pipeline.addHandler(connection)
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    }

    func handle(value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {
        await withTaskExecutorPreference(LoopExecutor(value.channel.eventLoop)) {
            await handleHTTP(asyncChannel: value, logger: logger)
        }
    }
}

extension HTTPServerBuilder {
    static func guarded(
        _ limits: ConnectionLimits, makeRequestID: @escaping @Sendable () -> String, witness: ConnectionWitness
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedHTTPChannel(
                responder: responder, limits: limits, makeRequestID: makeRequestID, witness: witness)
        }
    }
}
