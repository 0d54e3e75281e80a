import NIOCore

/// Runs a connection's tasks on its own event loop: from the request's bytes to the answer's, a request changes threads for
/// its transaction alone.
///
/// On the pool that tasks run on otherwise, each step of an answer wakes a thread: with as many loops as cores, and every
/// core busy, that cost a tenth of a request and hastened none.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps the executor for as long as the job runs.
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
