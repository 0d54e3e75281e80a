import POSIX
import Synchronization
import Verifier

/// A thread that refreshes keys when they are due or asked for.
@safe final class RefreshThread: @unchecked Sendable {
    // Sendable: `thread` is set before the thread is known to another, and used by the one that joins it.
    private let refresh: KeyRefresh
    private let target: any KeyTarget
    private let wants: KeyWants
    private let isStopped = Atomic<Bool>(false)
    private var thread: pthread_t?

    /// The least time between two fetches, whatever a verifier without a cooldown asks for; and the longest without a
    /// look whether one is due, for a clock may be set and a machine may sleep.
    private static let pauseMilliseconds: Int32 = 1000

    private init(_ refresh: KeyRefresh, into target: any KeyTarget, wants: KeyWants) {
        self.refresh = refresh
        self.target = target
        self.wants = wants
    }

    /// Starts one. Throws `internalFailure` if the system has no thread to give.
    static func start(
        _ refresh: KeyRefresh, into target: any KeyTarget, wants: KeyWants
    ) throws(VerifyError) -> RefreshThread {
        let started = RefreshThread(refresh, into: target, wants: wants)
        let context = unsafe Unmanaged.passRetained(started).toOpaque()
        var thread = pthread_t(bitPattern: 0)
        let number = unsafe posix_start_thread(
            &thread,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<RefreshThread>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            }, context)
        guard number == 0 else {
            unsafe Unmanaged<RefreshThread>.fromOpaque(context).release()
            throw VerifyError(.internalFailure, "The system gave no thread (error \(number)).")
        }
        started.thread = thread
        return started
    }

    /// Has the thread end, a fetch included, and waits until it has.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        wants.wire.wake()
        guard let thread else { return }
        _ = pthread_join(thread, nil)
        self.thread = nil
    }

    private func run() {
        while !mustStop {
            let due = target.refreshDueInMilliseconds
            guard due == 0 || !wants.isEmpty else {
                let wait = due < 0 ? Self.pauseMilliseconds : Int32(min(due, Int64(Self.pauseMilliseconds)))
                wants.wire.wait(milliseconds: wait)
                continue
            }
            fetch()
            pause()
        }
    }

    private func fetch() {
        let wasServing = target.isServing
        let asked = wants.take()
        do throws(VerifyError) {
            guard try refresh.runAlone(over: wants.wire, unless: { mustStop }) else { return wants.putBack(asked) }
            // What asked while nothing served has its answer. A key that was asked for while others served may be newer
            // than the answer: that is fetched once more.
            if !wasServing { _ = wants.take() }
        } catch {
            // The verifier says when the next attempt may be made.
            _ = wants.take()
        }
    }

    private func pause() {
        let end = posix_steady_clock_milliseconds() + Int64(Self.pauseMilliseconds)
        while !mustStop {
            let left = end - posix_steady_clock_milliseconds()
            guard left > 0 else { return }
            wants.wire.wait(milliseconds: Int32(min(left, Int64(Self.pauseMilliseconds))))
        }
    }

    private var mustStop: Bool { isStopped.load(ordering: .acquiring) }
}
