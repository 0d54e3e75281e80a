import CURL
import Verifier

/// What a fetch brought.
struct FetchedDocument {
    /// `changed`, or `unchanged`.
    let outcome: FetchOutcome
    let document: [UInt8]
    /// For how long the answer said that it is fresh, if it did.
    let maxAgeSeconds: UInt32?

    init(_ outcome: FetchOutcome, _ document: [UInt8], _ head: ResponseHead) {
        self.outcome = outcome
        self.document = document
        maxAgeSeconds = head.freshSeconds
    }
}

/// A document on a server, and what came of it last, so that an unchanged one need not be sent again.
///
/// One thread uses it at a time.
final class HTTPDocument {
    private let address: KeysAddress
    private let terms: FetchTerms
    /// The document that came last, with its tag; nil before the first, or if that had none.
    private var known: (etag: [UInt8], document: [UInt8])?
    /// The status of the last answer; 0 if none came.
    private(set) var status = 0

    init(at address: KeysAddress, _ terms: FetchTerms) {
        self.address = address
        self.terms = terms
    }

    /// Fetches the document, or has the server say that it is still the same.
    func fetch(over wire: Wire, unless isStopped: () -> Bool) throws(FetchError) -> FetchedDocument {
        let transfer: Transfer
        do throws(VerifyError) {
            transfer = try Transfer(of: address, etag: known?.etag, terms)
        } catch {
            throw FetchError(.noMemory, error)
        }
        let exchange: Exchange
        do throws(FetchError) {
            exchange = try transfer.run(over: wire, unless: isStopped)
            status = transfer.status
        } catch {
            status = transfer.status
            throw error
        }
        switch status {
        case 200: return FetchedDocument(.changed, try take(exchange), exchange.head)
        case 304: return FetchedDocument(.unchanged, try confirmed(by: exchange.head), exchange.head)
        case 301, 302, 303, 307, 308:
            throw FetchError(
                .redirected,
                "The answer redirects (\(status)) to \(Self.text(exchange.head.location)); name that in url.")
        default: throw FetchError(.status, "The answer's status is \(status), not 200.")
        }
    }

    /// The document of a whole answer.
    private func take(_ exchange: Exchange) throws(FetchError) -> [UInt8] {
        let head = exchange.head
        guard head.contentCoding.isEmpty || head.contentCoding.equals("identity") else {
            throw FetchError(
                .content, "The answer has Content-Encoding \(Self.text(head.contentCoding)), which was not asked for.")
        }
        guard head.mediaType.equals("application/jwk-set+json") || head.mediaType.equals("application/json") else {
            let type = head.mediaType.isEmpty ? "missing" : Self.text(head.mediaType)
            throw FetchError(
                .content,
                "The answer's Content-Type is \(type); it has to be application/jwk-set+json or application/json.")
        }
        known = head.etag.map { ($0, exchange.body) }
        return exchange.body
    }

    /// The document that came before, which the answer says is current. One with another tag says nothing of it
    /// (RFC 9111 §4.3.4): the next request asks for the whole document.
    private func confirmed(by head: ResponseHead) throws(FetchError) -> [UInt8] {
        guard let known else {
            throw FetchError(.broken, "The answer's status is 304, and no document came before.")
        }
        guard head.etag == nil || head.etag == known.etag else {
            self.known = nil
            throw FetchError(.broken, "The answer's status is 304, with another ETag than that of the document.")
        }
        return known.document
    }

    /// Forgets the last answer's status: another fetch begins.
    func begin() { status = 0 }

    /// Forgets the document: the verifier refused it, so the next request asks for a whole one.
    func forget() { known = nil }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
