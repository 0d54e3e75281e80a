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
    /// How the limits stand that the request counts against, once it is counted.
    let rateStanding = Note<RateLimits.Standing>()
    /// Who is signed in, once a page has looked: the page that says what went wrong has their frame.
    let visitor = Note<SignedIn>()
    /// Whether somebody has read the body to its end.
    let bodyWasRead = Mark()

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

    /// Written down by one, read by everyone who has a copy of the scope.
    final class Note<Value: Sendable>: Sendable {
        private let content = Mutex<Value?>(nil)

        var value: Value? { content.withLock { $0 } }

        func set(_ value: Value) {
            content.withLock { $0 = value }
        }
    }

    /// Set once, seen by everyone who has a copy of the scope.
    final class Mark: Sendable {
        private let flag = Atomic(false)

        var isSet: Bool { flag.load(ordering: .relaxed) }

        func set() {
            flag.store(true, ordering: .relaxed)
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
