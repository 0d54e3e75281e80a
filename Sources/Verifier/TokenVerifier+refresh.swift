/// When the keys should be fetched again. The verifier fetches nothing itself: it asks, or is asked.
extension TokenVerifier {
    /// Milliseconds until the host should refresh the keys; 0 means now. For hosts that poll instead of setting
    /// `keysWanted`.
    ///
    /// A refresh is due at 72 to 88 % of the keys' freshness, at once while nothing is installed, and at once after a
    /// token named a key that is not; but never sooner than the next attempt is allowed. Throws `internalFailure` if
    /// the clock fails. Takes no lock.
    public func refreshDueInMilliseconds() throws(VerifyError) -> Int64 {
        let now = try options.clock.now()
        let throttle = refreshes.throttle
        return cache.read { $0.refreshDueIn(throttle, cooldownSeconds: options.keysCooldownSeconds, at: now) }
    }

    /// Tells that a fetch of the keys failed, so that the next attempt waits: 1 s, 2 s, 4 s, … 60 s after each failure
    /// in a row, and never less than the cooldown. A document that `install` refused has been counted already.
    public func refreshFailed() {
        guard let now = try? options.clock.now() else { return }
        refreshes.update { ($0.failing(at: now), ()) }
    }

    /// Fetches the keys and installs them. Waits for the source: call it when a refresh is due, from a thread that
    /// verifies nothing. Throws what the source throws, which counts as a failed attempt, or what `install` throws.
    @discardableResult
    public func refresh(from source: any KeySource) throws(VerifyError) -> [LeftOutKey] {
        let fetched: FetchedKeys
        do throws(VerifyError) {
            fetched = try source.fetch()
        } catch {
            refreshFailed()
            throw error
        }
        return try install(
            jwks: fetched.document, fetchedAt: fetched.fetchedAt, maxAgeSeconds: fetched.maxAgeSeconds)
    }

    /// What a monitor should know of the keys. Throws `internalFailure` if the clock fails. Takes no lock.
    public func health() throws(VerifyError) -> KeyHealth {
        let now = try options.clock.now()
        let (throttle, counts) = (refreshes.throttle, refreshes.counts)
        return cache.read { cache in
            KeyHealth(
                cache, throttle, counts: counts, cooldownSeconds: options.keysCooldownSeconds,
                leewaySeconds: options.leewaySeconds, at: now)
        }
    }

    /// Asks the host for keys, if this is the time; where it is for a key, its `kid` is the one that `memory` keeps. To
    /// be called outside of the cache: the host may install keys at once.
    func want(_ wanted: WantedKeys, kidIn memory: TokenMemory, at now: Instant) {
        let asks = refreshes.update { throttle in
            throttle.needing(
                wanted == .unknownKey ? .unknownKey : .refresh, at: now, cooldownSeconds: options.keysCooldownSeconds,
                canAsk: options.keysWanted != nil)
        }
        guard asks, let keysWanted = options.keysWanted else { return }
        if wanted == .refresh { return keysWanted(Span()) }
        let kid = unsafe memory.keyID
        unsafe keysWanted(kid.span)
    }

    /// Notes an installation. `wasDue`: the keys that it replaced were to be refreshed; there were some.
    func noteInstalled(at now: Instant, wasDue: Bool) {
        refreshes.countInstalled()
        refreshes.update { ($0.installing(at: now, wasDue: wasDue), ()) }
    }

    /// Notes that a document was refused: a failed attempt, if one was awaited or due. A file that cannot be loaded at
    /// the start, when nothing is installed, is none: it is no fetch that failed.
    func noteRefused(_ error: VerifyError, isFile: Bool) {
        guard error.status != .argument else { return }
        if error.status != .io { refreshes.countRefused() }
        guard let now = try? options.clock.now() else { return }
        let freshness = cache.read { $0.freshness(at: now) }
        let isDue = freshness == .none ? !isFile : freshness != .fresh
        refreshes.update { throttle in
            (throttle.isAwaited || throttle.lacksKey || isDue ? throttle.failing(at: now) : throttle, ())
        }
    }
}

/// What a look for a token's key shows to be wanted.
enum WantedKeys {
    case nothing
    /// The keys serve, but should be fetched anew.
    case refresh
    /// None serve.
    case servingKeys
    /// The token's is none of them.
    case unknownKey
}

extension KeyCache {
    /// Throws `noKeys` or `keysStale` unless keys serve at `now`. Sets `wanted` to what that shows to be wanted.
    func requireServing(at now: Instant, _ wanted: inout WantedKeys) throws(VerifyError) {
        switch freshness(at: now) {
        case .fresh: return
        case .due: wanted = .refresh
        case .none:
            wanted = .servingKeys
            throw VerifyError(.noKeys)
        case .stale:
            wanted = .servingKeys
            throw VerifyError(.keysStale)
        }
    }

    /// The key of that `kid`. Sets `wanted` if it is none of them.
    func key(_ kid: Span<UInt8>, _ wanted: inout WantedKeys) throws(VerifyError) -> PublicKey {
        guard case .installed(let installation) = state else { throw VerifyError(.noKeys) }
        do throws(VerifyError) {
            return try installation.keys.key(kid)
        } catch {
            if error.status == .unknownKey { wanted = .unknownKey }
            throw error
        }
    }

    func keyOfUsualHeader(_ header: Span<UInt8>) -> PublicKey? {
        guard case .installed(let installation) = state else { return nil }
        return installation.keys.keyOfUsualHeader(header)
    }
}
