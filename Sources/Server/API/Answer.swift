import HTTPTypes
import Hummingbird
import Issuer
import NIOCore

/// The answers that routes give when all went well.
extension Response {
    /// 200, or another status, with one JSON object.
    static func json(
        _ body: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// One page of a list.
    static func list<Element>(
        _ listing: Listing<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) -> Response {
        json(
            JSONWriter.object { json in
                json.member("data", array: listing.items, write)
                json.member("nextCursor", listing.nextCursor)
            })
    }

    /// A list that is always whole.
    static func list<Element>(_ items: [Element], _ write: (inout JSONWriter, Element) -> Void) -> Response {
        json(
            JSONWriter.object { json in
                json.member("data", array: items, write)
                json.member("nextCursor", nil as String?)
            })
    }

    static let noContent = Response(status: .noContent)
}

extension Problem {
    /// Whether it refuses what the request says, which its Idempotency-Key has to keep. Faults of the moment, and of who asks,
    /// are not kept.
    var isToBeKept: Bool { !isKept && [400, 404, 422].contains(status.code) && code != .idempotencyKeyReused }

    /// The same once it is kept: the first one's, where it was before.
    func kept(under once: OnceOnly, of caller: Principal, by issuer: Issuer) async throws -> Problem {
        guard let first = try await issuer.keepRefusal(under: once, as: caller) else { return self }
        var replay = self
        replay.requestID = first
        replay.headers[.idempotentReplayed] = "true"
        return replay
    }
}

extension Answered {
    /// The answer to a POST, the same bytes the first time and every time after.
    func response(_ encode: (Value) -> Response) throws -> Response {
        switch result {
        case .success(let value):
            var response = encode(value)
            if replayed { response.headers[.idempotentReplayed] = "true" }
            return response
        case .failure(let error):
            var problem = Problem(error as any Error)
            (problem.requestID, problem.isKept) = (requestID, true)
            if replayed { problem.headers[.idempotentReplayed] = "true" }
            throw problem
        }
    }
}
