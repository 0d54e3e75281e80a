import HTTPTypes
import NIOCore
import NIOHTTP1

/// Stands behind the HTTP parser and keeps a client within the limits, whatever the application does meanwhile.
///
/// It answers by itself what must not reach the application: headers that break the rules, requests that come too
/// slowly. The application's answers pass through it, and it closes the connection after the last one.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionLimits
    private let makeRequestID: @Sendable () -> String
    private let witness: ConnectionWitness
    private var state: ConnectionState
    private var context: ChannelHandlerContext?
    private var timer: (task: Scheduled<Void>, deadline: NIODeadline)?
    /// Of the request whose body is being read.
    private var head: HTTPRequestHead?
    /// The application has the head of a request whose end it has not seen yet.
    private var owesEnd = false
    /// The connection was answered from here: what the application writes no longer counts.
    private var hasRefused = false
    /// The last request is there: what is pipelined behind it goes nowhere.
    private var isIgnoring = false
    /// The last read brought the end of a request that is being answered now: see `ConnectionBytes`.
    var mayReadAhead = false
    /// The head of the pipeline, where bytes can be written as they are.
    var bytes: ChannelHandlerContext?

    init(
        limits: ConnectionLimits, now: NIODeadline, makeRequestID: @escaping @Sendable () -> String,
        witness: ConnectionWitness
    ) {
        self.limits = limits
        self.witness = witness
        self.makeRequestID = makeRequestID
        state = ConnectionState(limits: limits, now: now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        witness.opened()
        armTimer(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
        witness.closed()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.closed()
        timer?.task.cancel()
        breakOffBody(context)
        context.fireChannelInactive()
    }

    // MARK: From the client

    /// What `ConnectionBytes` asks about each read, before the parser sees it.
    func bytesArrived(_ count: Int) -> ConnectionState.BytesAction {
        guard let context else { return .discard }
        defer { armTimer(context) }
        return state.bytesArrived(count, now: context.eventLoop.now)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused, !isIgnoring else { return }
        switch unwrapInboundIn(data) {
        case .head(var head):
            // Pipelined behind a request that was the connection's last.
            guard !state.closesAfterAnswer else { return isIgnoring = true }
            head.uri = RequestRules.originForm(head.uri)
            self.head = head
            let keepsAlive = head.isKeepAlive && !RequestRules.stopsTheParser(head)
            state.headerArrived(keepsAlive: keepsAlive, now: context.eventLoop.now)
            armTimer(context)
            if let problem = RequestRules.problem(with: head, limits: limits) { return refuse(context, problem) }
            if RequestRules.wantsContinue(head, limits: limits) {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
            }
            owesEnd = true
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            context.fireChannelRead(data)
        case .end:
            state.requestEnded()
            mayReadAhead = true
            owesEnd = false
            head = nil
            armTimer(context)
            context.fireChannelRead(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        breakOffBody(context)
        if let error = error as? HTTPParserError, !hasRefused {
            refuse(context, RequestRules.problem(for: error))
        }
        context.fireErrorCaught(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            breakOffBody(context)
            perform(state.inputClosed(), context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasRefused else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            let asksToClose = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
            if state.answerBegun(asksToClose: asksToClose) {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            state.answerEnded(now: context.eventLoop.now)
            armTimer(context)
            context.write(data, promise: promiseOfTaking(context, promise))
        }
    }

    /// The application closes its side when it has answered a last request.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else {
            context.close(mode: mode, promise: promise)
            return
        }
        perform(state.outputEnded(now: context.eventLoop.now), context)
        promise?.succeed()
    }

    // MARK: -

    /// Tells whoever reads a body that no more of it comes, before anything else can happen to the connection: the
    /// framework takes the end of the input for the end of the body, and half an order would be carried out as a whole.
    private func breakOffBody(_ context: ChannelHandlerContext) {
        guard owesEnd else { return }
        owesEnd = false
        context.fireErrorCaught(HTTPParserError.invalidEOFState)
    }

    /// Answers past the encoder and the pipelining, which know of no request that could be answered.
    private func refuse(_ context: ChannelHandlerContext, _ problem: Problem) {
        guard state.mayRefuse(), let bytes else { return context.close(promise: nil) }
        let requestID = RequestID.accepted(head?.headers.first(name: "x-request-id")) ?? makeRequestID()
        let path = head.map { String($0.uri.prefix { $0 != "?" }) } ?? "/"
        let message = problem.message(instance: path, requestID: requestID, withBody: head?.method != .HEAD)
        hasRefused = true
        witness.refused(problem, requestID)
        _ = state.answerBegun(asksToClose: true)
        state.answerEnded(now: context.eventLoop.now)
        armTimer(context)
        bytes.writeAndFlush(NIOAny(message), promise: promiseOfTaking(context))
    }

    private func promiseOfTaking(
        _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil
    ) -> EventLoopPromise<Void> {
        let taken = promise ?? context.eventLoop.makePromise()
        taken.futureResult.assumeIsolated().whenComplete { [self] _ in
            guard let context = self.context else { return }
            perform(state.answerTaken(now: context.eventLoop.now), context)
        }
        return taken
    }

    private func perform(_ action: ConnectionState.EndAction, _ context: ChannelHandlerContext) {
        armTimer(context)
        switch action {
        case .nothing: break
        case .close: context.close(promise: nil)
        case .closeOutput:
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    private func deadlinePassed() {
        timer = nil
        guard let context else { return }
        switch state.deadlinePassed(now: context.eventLoop.now) {
        case .nothing: break
        case .close: return context.close(promise: nil)
        case .refuseSlowRequest:
            breakOffBody(context)
            refuse(context, RequestRules.tooSlow)
        }
        armTimer(context)
    }

    /// Keeps one timer that fires no later than the state's deadline. A deadline that moved away leaves it be, so a busy
    /// connection sets few.
    private func armTimer(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline else { return }
        if let timer {
            guard deadline < timer.deadline else { return }
            timer.task.cancel()
        }
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in deadlinePassed() }
        timer = (task, deadline)
    }
}

extension Problem {
    /// A whole HTTP/1.1 answer after which the connection closes.
    fileprivate func message(instance path: String, requestID: String, withBody: Bool) -> ByteBuffer {
        let document = document(instance: path, requestID: requestID)
        var message = ByteBuffer()
        message.writeString(
            """
            HTTP/1.1 \(status.code) \(status.reasonPhrase)\r
            content-type: \(Self.mediaType)\r
            content-length: \(document.readableBytes)\r
            connection: close\r
            cache-control: no-store\r
            x-content-type-options: nosniff\r
            content-security-policy: \(Self.policy)\r
            x-request-id: \(requestID)\r
            \r\n
            """)
        if withBody { message.writeImmutableBuffer(document) }
        return message
    }
}
