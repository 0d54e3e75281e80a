import HTTPTypes
import Hummingbird
import Issuer
import NIOCore
import Synchronization

/// What is known about one request besides the request itself.
struct RequestScope: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// What the answer bears as X-Request-Id, and the log beside it.
    var requestID = ""
    /// Its place in a trace; nil on the operators' socket.
    var trace: TraceContext?
    /// Who asks; nil on open routes.
    var caller: Principal?
    /// Set where it is somebody who is signed in.
    var signedIn: SignedIn?
    /// Under which address the browser came; nil outside of the dashboard.
    var site: Site?
    /// Whose connection it came by.
    let peer: SocketAddress?
    /// Where the request comes from; nil on loopback.
    var client: ClientNetwork?
    /// When its header had been read, by the clock that nobody sets, in nanoseconds.
    var start: Int64 = 0
    /// What comes to be known of it on the way.
    let notes = Notes()

    /// The template of the path that the request was routed to, such as `/v1/agents/{id}`; nil where there is none.
    var route: String? {
        let path = coreContext.endpointPath.value
        // What the framework calls a path that it does not know.
        return path == "NotFound" ? nil : path
    }

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
    }

    /// Written down by one, read by everyone who has a copy of the scope. Any thread.
    final class Notes: Sendable {
        private struct Content {
            var rateStanding: RateLimits.Standing?
            var visitor: SignedIn?
            var bodyWasRead = false
        }

        private let content = Mutex(Content())

        /// How the limits stand that the request counts against, once it is counted.
        var rateStanding: RateLimits.Standing? {
            get { content.withLock(\.rateStanding) }
            set { content.withLock { $0.rateStanding = newValue } }
        }

        /// Who is signed in, once a page has looked: the page that says what went wrong has their frame.
        var visitor: SignedIn? {
            get { content.withLock(\.visitor) }
            set { content.withLock { $0.visitor = newValue } }
        }

        /// Whether somebody has read the body to its end.
        var bodyWasRead: Bool {
            get { content.withLock(\.bodyWasRead) }
            set { content.withLock { $0.bodyWasRead = newValue } }
        }
    }
}

extension Request {
    /// Whether a body follows the header, by what the header says.
    var announcesBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength].map { $0 != "0" } ?? false)
    }

    /// Method and target as sent, without a fragment.
    var target: String { head.path ?? "/" }
}
