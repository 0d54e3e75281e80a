import CURL
import POSIX
import PluginParts
public import Verifier

/// An issuer's keys, fetched over HTTP into a verifier.
///
///     let keys = try HTTPKeys(options: .init(url: "https://issuer.example/.well-known/jwks.json"))
///     options.keysWanted = keys.wanted
///     let verifier = try TokenVerifier(options: options)
///     try keys.attach(to: verifier)
///     try keys.start()
///
/// Fetches are bounded in time and length, follow no redirect, and ask only whether the document has changed where they
/// can. A failed one leaves the verifier's keys as they are, which serve on until they are too old.
///
/// Safe to share between threads. Of a process that forked, the child makes its own.
public final class HTTPKeys: KeySource, @unchecked Sendable {
    // Sendable: `thread` is read and written under the monitor.
    private let refreshing: KeyRefresh
    private let wants: KeyWants
    private let process = OwnProcess()
    private let monitor = Monitor()
    private var thread: RefreshThread?

    /// Fetches nothing yet. Throws `argument` for options out of their bounds, `noMemory`, `internalFailure`.
    public convenience init(options: Options) throws(VerifyError) {
        // All that can fail before there is an object: Embedded Swift leaks one whose init throws.
        try Memory.require(1 << 18)
        let (address, terms, file) = try options.parsed()
        guard paitify_curl_is_usable() != 0 else {
            throw VerifyError(
                .internalFailure, "libcurl cannot be set up, or lacks TLS or safety between threads.")
        }
        self.init(KeyRefresh(of: HTTPDocument(at: address, terms), file: file), KeyWants(wire: try Wire.make()))
    }

    private init(_ refreshing: KeyRefresh, _ wants: KeyWants) {
        self.refreshing = refreshing
        self.wants = wants
    }

    deinit { stop() }

    /// For the verifier's `keysWanted`: has the background thread fetch. Never waits, and holds on to neither this nor
    /// the verifier.
    public var wanted: @Sendable (Span<UInt8>) -> Void {
        let wants = wants
        return { kid in wants.ask(kid) }
    }

    /// Fetches now, whatever is due, and installs and saves what came. Waits, within the time-outs. While a fetch is
    /// under way, takes part in that. Throws `io` if the fetch failed, or what the installation did; `argument` if no
    /// verifier is attached.
    public func refresh() throws(VerifyError) {
        try requireOwnProcess()
        try refreshing.run()
    }

    /// Starts the thread that fetches when keys are due, or wanted. Does nothing if it runs. Throws `argument` if no
    /// verifier is attached, `internalFailure` if there is no thread to be had.
    public func start() throws(VerifyError) {
        try requireOwnProcess()
        let target = try refreshing.attached
        try monitor.locked { () throws(VerifyError) in
            guard thread == nil else { return }
            thread = try RefreshThread.start(refreshing, into: target, wants: wants)
            refreshing.noteRunning(true)
        }
    }

    /// Ends the thread, and a fetch of its; returns once it has ended. Does nothing if there is none.
    public func stop() {
        // A forked child has no such thread, and its parent's may have held the monitor.
        guard isOwnProcess else { return }
        monitor.locked {
            thread?.stop()
            thread = nil
            refreshing.noteRunning(false)
        }
    }

    /// How the last fetch came out, and how all did.
    public var status: FetchStatus {
        guard isOwnProcess else { return FetchStatus() }
        var status = refreshing.currentStatus
        status.isWanted = !wants.isEmpty
        return status
    }

    /// Fetches the document for a caller that installs it: `TokenVerifier.refresh(from:)`.
    public func fetch() throws(VerifyError) -> FetchedKeys {
        try requireOwnProcess()
        let at = posix_wall_clock_seconds()
        let (document, maxAgeSeconds) = try refreshing.fetch()
        return FetchedKeys(document: document, fetchedAt: at, maxAgeSeconds: maxAgeSeconds)
    }

    package func attach(_ target: any KeyTarget) throws(VerifyError) -> VerifyError? {
        try requireOwnProcess()
        return try refreshing.attach(target)
    }

    /// Asks as `wanted` does.
    package func ask(_ kid: Span<UInt8>) { wants.ask(kid) }

    private var isOwnProcess: Bool { process.isThis }

    private func requireOwnProcess() throws(VerifyError) {
        guard isOwnProcess else {
            throw VerifyError(.argument, "These keys are the parent process's; a child that was forked makes its own.")
        }
    }
}
