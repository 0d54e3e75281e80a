import NIOCore

/// What one connection is doing and how long it may go on: events in, actions out, no I/O and no clock of its own.
struct ConnectionState {
    private enum Phase {
        /// Nothing of a request is there.
        case waiting
        case readingHeader
        case readingBody
        /// The request is there in full; the answer is not out yet.
        case answering
        /// Answered for the last time: what still comes is thrown away.
        case lingering(bytesLeft: Int)
        case closed
    }

    /// How far the answer to the current request is.
    private enum Answer {
        case none, begun, ended
    }

    private let limits: ConnectionLimits
    private var phase = Phase.waiting
    private var answer = Answer.none
    private var requestEnd: NIODeadline
    /// Answers handed to the socket that the client has not taken yet, and until when it must have.
    private var untaken = 0
    private var untakenDeadline: NIODeadline?
    private var phaseDeadline: NIODeadline
    private var inputIsClosed = false
    private(set) var closesAfterAnswer = false

    init(limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        requestEnd = now
        phaseDeadline = now + limits.idleTimeout
    }

    /// When `deadlinePassed` has to be called, if nothing happens before. Nil once closed.
    var deadline: NIODeadline? {
        if case .closed = phase { return nil }
        return min(phaseDeadline, untakenDeadline ?? phaseDeadline)
    }

    // MARK: What the client sends

    enum BytesAction: Equatable {
        case parse, discard, close
    }

    mutating func bytesArrived(_ count: Int, now: NIODeadline) -> BytesAction {
        switch phase {
        case .waiting:
            startRequest(now)
            return .parse
        case .readingHeader, .readingBody, .answering:
            return .parse
        case .lingering(let left):
            phase = .lingering(bytesLeft: left - count)
            return left > count ? .discard : .close
        case .closed:
            return .discard
        }
    }

    mutating func headerArrived(keepsAlive: Bool, now: NIODeadline) {
        if case .waiting = phase { startRequest(now) }
        phase = .readingBody
        phaseDeadline = min(now + limits.bodyTimeout, requestEnd)
        answer = .none
        if !keepsAlive { closesAfterAnswer = true }
    }

    mutating func requestEnded() {
        guard case .readingBody = phase else { return }
        phase = .answering
        phaseDeadline = requestEnd
    }

    /// The client will send no more. What it has asked for in full is still answered.
    mutating func inputClosed() -> EndAction {
        inputIsClosed = true
        closesAfterAnswer = true
        switch phase {
        case .waiting, .readingHeader, .lingering: return close()
        case .readingBody, .answering: return untaken == 0 && answer == .ended ? close() : .nothing
        case .closed: return .nothing
        }
    }

    // MARK: What the server answers

    /// Says whether this answer is the connection's last, which its header then has to say.
    mutating func answerBegun(asksToClose: Bool) -> Bool {
        answer = .begun
        // What is left of a body nobody read would be taken for the next request.
        if asksToClose || !requestIsComplete { closesAfterAnswer = true }
        return closesAfterAnswer
    }

    mutating func answerEnded(now: NIODeadline) {
        answer = .ended
        untaken += 1
        if untakenDeadline == nil { untakenDeadline = max(requestEnd, now) }
        if !requestIsComplete { closesAfterAnswer = true }
        guard case .answering = phase, !closesAfterAnswer else { return }
        phase = .waiting
        phaseDeadline = now + limits.idleTimeout
    }

    enum EndAction: Equatable {
        case nothing
        /// Say that nothing follows, and go on reading for a while.
        case closeOutput
        case close
    }

    /// The client has taken an answer to its last byte.
    mutating func answerTaken(now: NIODeadline) -> EndAction {
        untaken -= 1
        if untaken == 0 { untakenDeadline = nil }
        return endIfAnswered(now)
    }

    /// The server has nothing more to say.
    mutating func outputEnded(now: NIODeadline) -> EndAction {
        closesAfterAnswer = true
        if answer == .begun { return .nothing }
        return endIfAnswered(now)
    }

    /// Whether a refusal can still be written: it would follow what was answered before, and stand within nothing.
    func mayRefuse() -> Bool {
        switch phase {
        case .waiting, .readingHeader: true
        case .readingBody, .answering: answer == .none
        case .lingering, .closed: false
        }
    }

    // MARK: Time

    enum DeadlineAction: Equatable {
        case nothing
        /// Tell the client that it was too slow, and close.
        case refuseSlowRequest
        case close
    }

    mutating func deadlinePassed(now: NIODeadline) -> DeadlineAction {
        guard let deadline, deadline <= now else { return .nothing }
        switch phase {
        case .readingHeader where untaken == 0: return .refuseSlowRequest
        case .readingBody where answer == .none && untaken == 0: return .refuseSlowRequest
        case .waiting, .readingHeader, .readingBody, .answering, .lingering, .closed:
            phase = .closed
            return .close
        }
    }

    mutating func closed() {
        phase = .closed
    }

    // MARK: -

    private var requestIsComplete: Bool {
        switch phase {
        case .answering: true
        case .waiting, .readingHeader, .readingBody, .lingering, .closed: false
        }
    }

    private mutating func startRequest(_ now: NIODeadline) {
        phase = .readingHeader
        answer = .none
        requestEnd = now + limits.requestTimeout
        phaseDeadline = min(now + limits.headerTimeout, requestEnd)
    }

    private mutating func endIfAnswered(_ now: NIODeadline) -> EndAction {
        guard closesAfterAnswer, untaken == 0 else { return .nothing }
        switch phase {
        case .waiting: break
        case .readingHeader, .readingBody, .answering: guard answer == .ended else { return .nothing }
        case .lingering, .closed: return .nothing
        }
        if inputIsClosed { return close() }
        phase = .lingering(bytesLeft: limits.lingerBytesMax)
        phaseDeadline = now + limits.lingerTimeout
        return .closeOutput
    }

    private mutating func close() -> EndAction {
        phase = .closed
        return .close
    }
}
