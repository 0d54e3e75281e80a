import Issuer
import ServiceLifecycle

/// Keeps the shared limits' server in view for as long as the issuer serves.
struct SharedRatesService: Service {
    let rates: SharedRates
    /// When to look next.
    let afterMilliseconds: Int64

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var delay = afterMilliseconds
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: .milliseconds(delay))) != nil else { return }
                delay = await rates.attend()
            }
        }
    }
}
