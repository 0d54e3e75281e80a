import POSIX
import Verifier

/// Fetches keys and has them installed and saved: once at a time, whoever asks.
final class KeyRefresh: @unchecked Sendable {
    // Sendable: what changes is read and written under the monitor; the document, by whoever's turn it is.
    private let document: HTTPDocument
    private let file: [CChar]?
    private let monitor = Monitor()
    private var target: (any KeyTarget)?
    private var status = FetchStatus()
    private var isUnderWay = false
    private var lastFailure: VerifyError?

    /// `file` is where keys are kept, with a NUL at its end; nil for nowhere.
    init(of document: HTTPDocument, file: [CChar]?) {
        self.document = document
        self.file = file
    }

    /// What the keys go to. Throws `argument` if there is nothing yet.
    var attached: any KeyTarget {
        get throws(VerifyError) {
            guard let target = monitor.locked({ target }) else {
                throw VerifyError(.argument, "No verifier is attached yet.")
            }
            return target
        }
    }

    var currentStatus: FetchStatus { monitor.locked { status } }

    func noteRunning(_ isRunning: Bool) { monitor.locked { status.isRunning = isRunning } }

    /// Has the keys go to `target`, and installs what the file holds there. Throws `argument` if they go to one
    /// already; returns why the file gave nothing, if so.
    func attach(_ target: any KeyTarget) throws(VerifyError) -> VerifyError? {
        try monitor.locked { () throws(VerifyError) in
            guard self.target == nil else { throw VerifyError(.argument, "A verifier is attached already.") }
            self.target = target
        }
        guard let file else { return nil }
        return noting { () throws(VerifyError) in try target.load(path: file) }
    }

    /// Fetches, installs, saves. Where another thread is at it, waits for its end, and has the same outcome. Throws
    /// what the fetch or the installation failed with.
    func run() throws(VerifyError) {
        let target = try attached
        let isOwn = try monitor.locked { () throws(VerifyError) in
            if !isUnderWay {
                isUnderWay = true
                return true
            }
            while isUnderWay { monitor.waitForChange() }
            if let lastFailure { throw lastFailure }
            return false
        }
        if isOwn, let failure = perform(into: target, over: nil, unless: { false }) { throw failure }
    }

    /// The same without waiting for another thread: false where one is at it.
    func runAlone(over wire: Wire, unless isStopped: () -> Bool) throws(VerifyError) -> Bool {
        let target = try attached
        let isOwn = monitor.locked {
            defer { isUnderWay = true }
            return !isUnderWay
        }
        guard isOwn else { return false }
        if let failure = perform(into: target, over: wire, unless: isStopped) { throw failure }
        return true
    }

    /// Fetches alone, once nobody else does, for a caller that installs the document itself.
    func fetch() throws(VerifyError) -> (document: [UInt8], maxAgeSeconds: UInt32?) {
        monitor.locked {
            while isUnderWay { monitor.waitForChange() }
            isUnderWay = true
        }
        var fetched: (document: [UInt8], maxAgeSeconds: UInt32?) = ([], nil)
        let failure = flight { () throws(FetchError) in
            let answer = try fetch(over: nil, unless: { false })
            fetched = (answer.document, answer.maxAgeSeconds)
            return answer.outcome
        }
        if let failure { throw failure }
        return fetched
    }

    // MARK: The one under way

    private func perform(into target: any KeyTarget, over wire: Wire?, unless isStopped: () -> Bool) -> VerifyError? {
        flight { () throws(FetchError) in
            let fetched: FetchedDocument
            do throws(FetchError) {
                fetched = try fetch(over: wire, unless: isStopped)
            } catch {
                if error.outcome != .stopped { target.refreshFailed() }
                throw error
            }
            do throws(VerifyError) {
                try target.install(jwks: fetched.document, maxAgeSeconds: fetched.maxAgeSeconds)
            } catch {
                // It has counted this. The next request asks for the whole document, whatever its tag.
                document.forget()
                throw FetchError(.refused, error)
            }
            // An unchanged document too: its file would grow too old to serve after a restart.
            if let file { _ = noting { () throws(VerifyError) in try target.save(path: file) } }
            return fetched.outcome
        }
    }

    /// `wire` is the caller's; nil for one of this fetch's own.
    private func fetch(over wire: Wire?, unless isStopped: () -> Bool) throws(FetchError) -> FetchedDocument {
        let own: Wire
        do throws(VerifyError) {
            try Memory.require(1 << 19)  // Swift cannot report a failed allocation
            own = if let wire { wire } else { try Wire.make() }
        } catch {
            throw FetchError(.noMemory, error)
        }
        return try document.fetch(over: own, unless: isStopped)
    }

    /// Runs the body, notes how it came out, and lets the next one have its turn.
    private func flight(_ body: () throws(FetchError) -> FetchOutcome) -> VerifyError? {
        let began = posix_steady_clock_milliseconds()
        document.begin()
        let outcome: FetchOutcome
        var failure: VerifyError?
        do throws(FetchError) {
            outcome = try body()
        } catch {
            (outcome, failure) = (error.outcome, error.reason)
        }
        let duration = posix_steady_clock_milliseconds() - began
        monitor.locked {
            status.note(
                outcome, httpStatus: document.status, failure: failure?.detail ?? "",
                endedAt: posix_wall_clock_seconds(), durationMilliseconds: duration)
            lastFailure = failure
            isUnderWay = false
            monitor.announceChange()
        }
        return failure
    }

    /// Notes how a load or a save came out.
    private func noting(_ body: () throws(VerifyError) -> Void) -> VerifyError? {
        var failure: VerifyError?
        do throws(VerifyError) { try body() } catch { failure = error }
        monitor.locked { status.fileStatus = failure?.status ?? .ok }
        return failure
    }
}
