extension Rotation {
    /// When the schedule lets the announced key sign, if nobody does so before.
    var nextAt: Instant {
        guard let signing, case .signing(let since) = signing.stage, let announced else {
            return Instant(milliseconds: 0)
        }
        return max(
            since.adding(seconds: schedule.periodSeconds),
            announced.announcedAt.adding(seconds: schedule.announcementSeconds))
    }
}
