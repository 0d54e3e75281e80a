import Foundation
import Glibc
import Verifier

/// A verifier that somebody else wrote, as a command that reads a case a line and writes its status a line.
///
/// It may go on reading or end after an answer: then it is started again for the next case. One that dies, hangs or
/// talks out of turn spoils its own case and no other.
final class OutsideVerifier {
    private let command: String
    private let timeout: Duration
    private let verdicts: Bool
    private var child: ChildProcess?
    /// Answers of the running child: one that answered before and ends without another may just be done.
    private var answers = 0
    private var everAnswered = false
    private var silences = 0

    private static let silencesMax = 10
    private static let silencesMaxAtFirst = 3
    private static let lineBytesMax = 65_536
    private static let secondToEnd: Duration = .seconds(1)

    /// `timeout` is for each case. `verdicts`: the command answers with verdicts (or statuses).
    init(command: String, timeout: Duration, verdicts: Bool) {
        (self.command, self.timeout, self.verdicts) = (command, timeout, verdicts)
        // Whoever stops reading is to fail its case, not to end this program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Asks one case. Throws when the command gives no answer to any case, so that asking on would be in vain.
    func ask(_ row: ConformanceCase) throws(Failure) -> ConformanceAnswer {
        var answer = try askOnce(row)
        if answer.hasEnded && answer.hadAnswered { answer = try askOnce(row) }
        switch answer.outcome {
        case .success(let line):
            answers += 1
            everAnswered = true
            silences = 0
            return ConformanceAnswer(line: line, verdicts: verdicts)
        case .failure(let silence):
            silences += 1
            guard silences < (everAnswered ? Self.silencesMax : Self.silencesMaxAtFirst) else {
                throw Failure(
                    "the command gave no answer to \(silences) cases one after another; to the last, \(silence.reason)",
                    exitCode: 2)
            }
            return .none(silence.reason)
        }
    }

    /// Lets the command finish: it finds the end of its input, and has a second.
    func finish() {
        child?.end(by: .now + Self.secondToEnd)
        child = nil
    }

    private struct Silence: Error {
        let reason: String
    }

    private struct Attempt {
        let outcome: Result<String, Silence>
        var hasEnded = false
        var hadAnswered = false
    }

    private func askOnce(_ row: ConformanceCase) throws(Failure) -> Attempt {
        let hadAnswered = child != nil && answers > 0
        let child = try runningChild()
        let deadline = ContinuousClock.now + timeout
        var question = (row.line + [UInt8(ascii: "\n")])[...]
        var heard: [UInt8] = []
        while let ready = child.wait(writing: !question.isEmpty, until: deadline) {
            switch ready {
            case .mayWrite:
                // Nobody reads any more: what it still says is read, to its end.
                question = child.write(question).map { question.dropFirst($0) } ?? []
            case .mayRead:
                guard let more = child.read() else {
                    self.child = nil
                    let silence = Silence(reason: child.end(by: .now + Self.secondToEnd))
                    return Attempt(outcome: .failure(silence), hasEnded: true, hadAnswered: hadAnswered)
                }
                heard += more
                if let end = heard.firstIndex(of: UInt8(ascii: "\n")) {
                    return heardLine(heard, end: end, asked: question)
                }
                if heard.count > Self.lineBytesMax { return silenced("it wrote \(heard.count) bytes and no line end") }
            }
        }
        return silenced("it gave no answer within \(timeout)")
    }

    private func runningChild() throws(Failure) -> ChildProcess {
        if let child { return child }
        let child = try ChildProcess(command: command)
        self.child = child
        answers = 0
        return child
    }

    /// One line, and nothing after it; or else it cannot be told which answer is to which case.
    private func heardLine(_ heard: [UInt8], end: Int, asked rest: ArraySlice<UInt8>) -> Attempt {
        let line = String(decoding: heard[..<end], as: UTF8.self)
        guard end == heard.count - 1 else {
            return silenced("it wrote more than one line, beginning with \"\(line.prefix(60))\"")
        }
        guard rest.isEmpty else { return silenced("it answered before it had read the case: \"\(line.prefix(60))\"") }
        return Attempt(outcome: .success(line))
    }

    private func silenced(_ reason: String) -> Attempt {
        child?.end(by: .now)
        child = nil
        return Attempt(outcome: .failure(Silence(reason: reason)))
    }
}
