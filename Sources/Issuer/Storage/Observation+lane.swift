extension Observation {
    /// A group of the lane's is on disk: the lane took it up at `start`, and all its bodies had run at `ready`.
    func committed(_ jobs: ArraySlice<Lane.Job>, from start: Int64, ready: Int64) {
        let end = uptime()
        for job in jobs { observer.spent(start - job.since, in: .lane, requests: 1) }
        observer.spent(ready - start, in: .transaction, requests: jobs.count)
        observer.spent(end - ready, in: .commit, requests: jobs.count)
        observer.committed(transactions: jobs.count, nanoseconds: end - start, succeeded: true)
    }

    /// The whole group failed.
    func failed(_ jobs: ArraySlice<Lane.Job>, from start: Int64) {
        observer.committed(transactions: jobs.count, nanoseconds: uptime() - start, succeeded: false)
    }
}
