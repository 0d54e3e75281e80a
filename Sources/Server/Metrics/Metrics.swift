import Issuer

/// Everything that this process counts, and the page that tells of it.
final class Metrics: Sendable {
    let issuer = IssuerMetrics()
    let http = HTTPMetrics()
    let connections = ConnectionMetrics()
    let housekeeping = HousekeepingMetrics()
    /// On the page where issuers share their limits.
    let sharedRates = SharedRateMetrics()
    /// Lines that the log had no room for.
    let lostLogLines = Counter()
    /// Nanoseconds of a clock that only goes forward: what everything here is timed by.
    let uptime: @Sendable () -> Int64
    /// This program's.
    private let version: String
    private let connectionsMax: Int
    private let sharesRates: Bool
    /// Nil for a store in memory.
    private let store: StoreMetrics?

    init(
        version: String, connectionsMax: Int, storePath: String?, sharesRates: Bool = false,
        uptime: @escaping @Sendable () -> Int64
    ) {
        self.sharesRates = sharesRates
        self.version = version
        self.connectionsMax = connectionsMax
        store = storePath.map(StoreMetrics.init)
        self.uptime = uptime
    }

    /// What the issuer is to report to.
    var observation: Observation { Observation(issuer, uptime: uptime) }

    /// The whole page, in Prometheus's text format.
    func page(_ standing: IssuerStanding) -> String {
        var page = Exposition()
        page.family("paitify_build_info", .gauge, "Which program this is: always 1.")
        page.sample(.integer(1), ["version": version])
        issuer.write(to: &page)
        page.family(
            "paitify_stage_duration_seconds", .histogram,
            "Where requests spend their time: authenticate, read, parse, lane (the wait for it), transaction, commit, sign; whole."
        )
        http.writeStages(to: &page)
        issuer.writeStages(to: &page)
        http.write(to: &page)
        connections.write(to: &page, most: connectionsMax)
        standing.write(to: &page)
        housekeeping.write(to: &page)
        if sharesRates { sharedRates.write(to: &page) }
        store?.write(to: &page)
        page.only(
            "paitify_log_lines_dropped_total", .counter,
            "Lines of the log that nobody took in time, and that are not in it.", .integer(lostLogLines.value))
        ProcessMetrics.write(to: &page)
        return page.text
    }
}

extension IssuerStanding {
    fileprivate func write(to page: inout Exposition) {
        page.only(
            "paitify_lane_waiting", .gauge, "Transactions that wait for the lane.", .integer(Int64(laneWaiting)))
        page.only(
            "paitify_bcrypt_waiting", .gauge, "API keys that wait for a thread of bcrypt's.",
            .integer(Int64(bcryptWaiting)))
        if let open {
            page.only(
                "paitify_pending_reservations", .gauge, "Reservations neither confirmed, voided nor expired.",
                .integer(open.pending))
            page.only(
                "paitify_held_approvals", .gauge, "Requests that wait for a person.", .integer(open.held))
        }
        page.family("paitify_signing_keys", .gauge, "Keys that sign tokens, by state.")
        for state in SigningKeyInfo.State.allCases where state != .gone {
            page.sample(
                .integer(Int64(signingKeys.count { $0.state == state })), ["state": state.rawValue])
        }
        if let since = signingKeys.first(where: { $0.state == .signing })?.signingSince {
            page.only(
                "paitify_signing_key_age_seconds", .gauge, "How long the key that signs has signed.",
                .secondsOf(milliseconds: now.milliseconds - since.milliseconds))
        }
        page.only(
            "paitify_signing_key_rotation_seconds", .gauge,
            "Seconds until the schedule lets the announced key sign; negative when it should have.",
            .secondsOf(milliseconds: nextRotation.milliseconds - now.milliseconds))
        page.only("paitify_jwks_sequence", .gauge, "The key set's sequence.", .integer(sequence))
    }
}
