import HTTPTypes
import Hummingbird
import Issuer
import NIOCore
import ServiceLifecycle
import Synchronization

/// `/events`: says that something changed, as server-sent events (WHATWG HTML section 9.2). What changed, the page fetches.
///
/// A stream ends before a request's time is over, and the browser opens the next: so each is a request like any other, whose
/// session is checked, and no change between two is missed, since the browser names the revision that it knows.
struct EventRoutes {
    private static let streamFor: Duration = .seconds(10)
    private static let lookEach: Duration = .milliseconds(500)
    /// Pages of one session that are told at the same time: each has a connection, of which there are so many for everybody.
    private static let openMax = 20

    private let open = OpenStreams(most: openMax)

    static let path = "/events"
    static func path(after revision: Int64) -> String { "\(path)?after=\(revision)" }

    func add(to pages: PageTable) {
        pages.page(Self.path, follow)
    }

    private func follow(_ visit: Visit) async throws -> Response {
        let known = visit.request.headers[.lastEventID] ?? visit.query("after")
        let (issuer, caller, session, open) = (visit.issuer, try visit.caller, try visit.session.session.id, open)
        let current = try await issuer.revision(as: caller)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                var last = known.flatMap { Int64($0) } ?? current
                guard open.enter(session) else {
                    try await writer.write(ByteBuffer(string: "retry: 10000\nid: \(last)\n\n"))
                    return try await writer.finish(nil)
                }
                defer { open.leave(session) }
                try await writer.write(ByteBuffer(string: "retry: 500\nid: \(last)\n\n"))
                let end = ContinuousClock.now + Self.streamFor
                while ContinuousClock.now < end, !Task.isShuttingDownGracefully {
                    // A session that is over ends the stream as time does: the browser asks for the next, and is sent to sign in.
                    guard let revision = try await Self.revision(issuer, caller) else { break }
                    if revision != last {
                        last = revision
                        try await writer.write(
                            ByteBuffer(string: "event: changed\nid: \(revision)\ndata: \(revision)\n\n"))
                    }
                    try await Task.sleep(for: Self.lookEach)
                }
                try await writer.finish(nil)
            })
    }

    /// Nil once the session is over.
    private static func revision(_ issuer: Issuer, _ caller: Principal) async throws -> Int64? {
        do {
            return try await issuer.revision(as: caller)
        } catch IssuerError.unauthenticated {
            return nil
        }
    }
}

/// The streams that each session has open. Any thread.
private final class OpenStreams: Sendable {
    private let most: Int
    private let counts = Mutex<[SessionID: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// False where the session has as many as it may have.
    func enter(_ session: SessionID) -> Bool {
        counts.withLock { counts in
            guard counts[session, default: 0] < most else { return false }
            counts[session, default: 0] += 1
            return true
        }
    }

    func leave(_ session: SessionID) {
        counts.withLock { counts in
            let left = counts[session, default: 1] - 1
            counts[session] = left > 0 ? left : nil
        }
    }
}
