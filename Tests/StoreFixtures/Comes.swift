/// Lets others run until it is so, and says whether it came to be within a minute: a test that waits in vain fails and says
/// what for, and does not hang.
public func comes(_ isSo: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while !isSo() {
        guard ContinuousClock.now < end else { return false }
        await Task.yield()
    }
    return true
}
