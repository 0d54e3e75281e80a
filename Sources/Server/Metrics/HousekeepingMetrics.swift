import Issuer
import Synchronization

/// What nobody waits for: the sweeper's rounds, and backups.
final class HousekeepingMetrics: Sendable {
    private let sweeps = Histogram(Histogram.times)
    private let failedSweeps = Counter()
    private let backups = Counter()
    private let failedBackups = Counter()
    /// Milliseconds since 1970; 0 for never.
    private let lastSweep = Atomic<Int64>(0)
    private let lastBackup = Atomic<Int64>(0)

    func swept(at now: Instant, nanoseconds: Int64) {
        sweeps.observe(nanoseconds)
        lastSweep.store(now.milliseconds, ordering: .relaxed)
    }

    func sweepFailed() { failedSweeps.add() }

    func backedUp(at now: Instant) {
        backups.add()
        lastBackup.store(now.milliseconds, ordering: .relaxed)
    }

    func backupFailed() { failedBackups.add() }

    func write(to page: inout Exposition) {
        page.family(
            "paitify_sweep_duration_seconds", .histogram,
            "Rounds of housekeeping: signing keys by schedule, what has lapsed, what may be dropped.")
        page.sample(sweeps)
        page.only(
            "paitify_sweep_failures_total", .counter, "Rounds of housekeeping in which something failed.",
            .integer(failedSweeps.value))
        page.only(
            "paitify_sweep_last_success_timestamp_seconds", .gauge,
            "When the last round ended in which nothing failed, in seconds since 1970; 0 before the first.",
            .secondsOf(milliseconds: lastSweep.load(ordering: .relaxed)))
        page.family(
            "paitify_backups_total", .counter, "Copies of the books that this process has made for paitify backup.")
        page.sample(backups, ["result": "made"])
        page.sample(failedBackups, ["result": "failed"])
        page.only(
            "paitify_backup_last_success_timestamp_seconds", .gauge,
            "When this process made the last copy, in seconds since 1970; 0 before the first.",
            .secondsOf(milliseconds: lastBackup.load(ordering: .relaxed)))
    }
}
