import NIOCore
import Testing

@testable import Server

@Suite struct `A connection's state` {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private static let limits = ConnectionLimits()

    private static func after(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    private static func fresh() -> ConnectionState { ConnectionState(limits: limits, now: start) }

    /// One that has read a whole request at second 1.
    private static func answering(keepsAlive: Bool = true) -> ConnectionState {
        var state = fresh()
        _ = state.bytesArrived(100, now: after(1))
        state.headerArrived(keepsAlive: keepsAlive, now: after(1))
        state.requestEnded()
        return state
    }

    @Test func `an idle client is dropped without a word`() {
        var state = Self.fresh()
        #expect(state.deadline == Self.after(30))
        #expect(state.deadlinePassed(now: Self.after(29)) == .nothing)
        #expect(state.deadlinePassed(now: Self.after(30)) == .close)
        #expect(state.deadline == nil)
    }

    @Test func `a header has five seconds from its first byte, however it drips`() {
        var state = Self.fresh()
        for second in 20...24 { #expect(state.bytesArrived(1, now: Self.after(Int64(second))) == .parse) }
        #expect(state.deadlinePassed(now: Self.after(24)) == .nothing)
        #expect(state.deadlinePassed(now: Self.after(25)) == .refuseSlowRequest)
    }

    @Test func `a body has ten seconds, however it drips`() {
        var state = Self.fresh()
        _ = state.bytesArrived(100, now: Self.start)
        state.headerArrived(keepsAlive: true, now: Self.start)
        for second in 1...9 { _ = state.bytesArrived(1, now: Self.after(Int64(second))) }
        #expect(state.deadlinePassed(now: Self.after(9)) == .nothing)
        #expect(state.deadlinePassed(now: Self.after(10)) == .refuseSlowRequest)
    }

    @Test func `a slow header takes its time from the body`() {
        var state = Self.fresh()
        _ = state.bytesArrived(1, now: Self.start)
        state.headerArrived(keepsAlive: true, now: Self.after(4) + .milliseconds(999))
        #expect(state.deadline == Self.after(14) + .milliseconds(999))
        var later = Self.fresh()
        _ = later.bytesArrived(1, now: Self.start)
        later.headerArrived(keepsAlive: true, now: Self.after(6))
        #expect(later.deadline == Self.after(15))
    }

    @Test func `an answer has fifteen seconds from the request's first byte until it is taken`() {
        var state = Self.answering()
        #expect(state.deadline == Self.after(16))
        #expect(state.answerBegun(asksToClose: false) == false)
        state.answerEnded(now: Self.after(2))
        #expect(state.deadline == Self.after(16))
        #expect(state.deadlinePassed(now: Self.after(16)) == .close)
    }

    @Test func `a taken answer leaves the connection waiting for thirty seconds`() {
        var state = Self.answering()
        #expect(state.answerBegun(asksToClose: false) == false)
        state.answerEnded(now: Self.after(2))
        #expect(state.answerTaken(now: Self.after(2)) == .nothing)
        #expect(state.deadline == Self.after(32))
        #expect(state.bytesArrived(1, now: Self.after(31)) == .parse)
        #expect(state.deadline == Self.after(36))
    }

    @Test func `an answer before the body ends the connection, and discards what still comes`() {
        var state = Self.fresh()
        _ = state.bytesArrived(100, now: Self.start)
        state.headerArrived(keepsAlive: true, now: Self.start)
        #expect(state.answerBegun(asksToClose: false) == true)
        state.answerEnded(now: Self.start)
        #expect(state.answerTaken(now: Self.start) == .closeOutput)
        #expect(state.bytesArrived(200 * 1024, now: Self.start) == .discard)
        #expect(state.deadline == Self.after(1))
        #expect(state.bytesArrived(60 * 1024, now: Self.start) == .close)
    }

    @Test("an answer can be the last", arguments: [(true, true), (false, false), (true, false)])
    func lastAnswers(keepsAlive: Bool, asksToClose: Bool) {
        var state = Self.answering(keepsAlive: keepsAlive)
        let isLast = !keepsAlive || asksToClose
        #expect(state.answerBegun(asksToClose: asksToClose) == isLast)
        state.answerEnded(now: Self.after(1))
        #expect(state.answerTaken(now: Self.after(1)) == (isLast ? .closeOutput : .nothing))
    }

    @Test func `a client that has closed its side gets its answer, and nothing lingers`() {
        var state = Self.answering()
        #expect(state.inputClosed() == .nothing)
        #expect(state.answerBegun(asksToClose: false) == true)
        state.answerEnded(now: Self.after(1))
        #expect(state.answerTaken(now: Self.after(1)) == .close)
    }

    @Test func `a client that closes its side between requests is let go`() {
        var state = Self.fresh()
        #expect(state.inputClosed() == .close)
    }

    @Test func `nothing is refused once an answer is under way`() {
        var state = Self.answering()
        #expect(state.mayRefuse() == true)
        _ = state.answerBegun(asksToClose: false)
        #expect(state.mayRefuse() == false)
    }
}
