import CURL
import POSIX
import Verifier

/// One GET over libcurl: its handle, set up to do that and nothing else.
@safe struct Transfer: ~Copyable {
    private let easy: UnsafeMutableRawPointer
    private let fields: UnsafeMutablePointer<curl_slist>?
    private let complaint: UnsafeMutablePointer<CChar>

    /// Asks for the document at the address; with `etag`, only if it is another than that which the tag was sent with.
    init(of address: KeysAddress, etag: [UInt8]?, _ terms: FetchTerms) throws(VerifyError) {
        guard let easy = unsafe curl_easy_init() else { throw VerifyError(.noMemory) }
        let fields = unsafe Self.fields(etag: etag)
        let complaint = unsafe calloc(1, Int(CURL_ERROR_SIZE))?.bindMemory(to: CChar.self, capacity: 1)
        guard let complaint = unsafe complaint, unsafe fields != nil,
            unsafe Self.setUp(easy, address, terms),
            unsafe paitify_curl_set_fields(easy, fields) == CURLE_OK,
            unsafe paitify_curl_set_complaint(easy, complaint) == CURLE_OK
        else {
            unsafe curl_easy_cleanup(easy)
            unsafe curl_slist_free_all(fields)
            unsafe free(complaint)
            throw VerifyError(.noMemory)
        }
        unsafe self.easy = easy
        unsafe self.fields = fields
        unsafe self.complaint = complaint
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(fields)
        unsafe free(complaint)
    }

    /// The answer's status; 0 if none came.
    var status: Int { unsafe paitify_curl_status(easy) }

    /// Runs it, and returns what came. Throws a failure of the way there, not one that the answer tells of.
    func run(over wire: Wire, unless isStopped: () -> Bool) throws(FetchError) -> Exchange {
        let exchange = Exchange()
        guard unsafe exchange.receive(from: easy) == CURLE_OK else { throw FetchError(.noMemory, "Memory ran out.") }
        // The host's disposition of SIGPIPE is left alone: OpenSSL writes to a connection that the issuer may have
        // closed.
        var signals = posix_held_signals()
        unsafe posix_hold_sigpipe(&signals)
        let code = unsafe wire.run(easy, unless: isStopped)
        unsafe posix_release_sigpipe(&signals)
        return try withExtendedLifetime(exchange) { () throws(FetchError) in
            if let failure = exchange.memoryFailure { throw FetchError(.noMemory, failure) }
            do throws(VerifyError) {
                try Memory.require(Memory.reserve)  // for the words below
            } catch {
                throw FetchError(.noMemory, error)
            }
            guard let code else { throw FetchError(.stopped, "The fetch was stopped.") }
            guard !exchange.isTooLarge else {
                throw FetchError(.tooLarge, "The answer is too long: a document may have 64 KiB, its fields 32 KiB.")
            }
            guard code == CURLE_OK else { throw FetchError(Self.outcome(code), words(code)) }
            return exchange
        }
    }

    private static func outcome(_ code: CURLcode) -> FetchOutcome {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY: .unreachable
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_OUT_OF_MEMORY: .noMemory
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .untrusted
        default: .broken
        }
    }

    private func words(_ code: CURLcode) -> String {
        let own = unsafe String(cString: complaint)
        return own.utf8.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : own
    }
}

extension Transfer {
    private static func fields(etag: [UInt8]?) -> UnsafeMutablePointer<curl_slist>? {
        var list = unsafe curl_slist_append(nil, "Accept: application/jwk-set+json, application/json")
        // Nothing here unpacks: a document may not become longer than it is.
        var others = ["Accept-Encoding: identity"]
        if let etag { others.append("If-None-Match: \(String(decoding: etag, as: UTF8.self))") }
        for field in others {
            guard let begun = unsafe list else { return nil }
            unsafe list = curl_slist_append(begun, field)
            if unsafe list == nil { unsafe curl_slist_free_all(begun) }
        }
        return unsafe list
    }

    /// Whether every option was taken. libcurl's defaults are written down where a promise rests on them.
    private static func setUp(_ easy: UnsafeMutableRawPointer, _ address: KeysAddress, _ terms: FetchTerms) -> Bool {
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            (CURLOPT_PROXY_SSL_VERIFYPEER, 1), (CURLOPT_PROXY_SSL_VERIFYHOST, 2),
            (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_NOSIGNAL, 1), (CURLOPT_HTTPGET, 1),
            (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)), (CURLOPT_HTTP09_ALLOWED, 0),
            (CURLOPT_NETRC, 0), (CURLOPT_FORBID_REUSE, 1), (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
            (CURLOPT_CONNECTTIMEOUT_MS, Int(terms.connectMilliseconds)),
            (CURLOPT_TIMEOUT_MS, Int(terms.totalMilliseconds)),
            // Or the time-out would wait for a name server that does not answer.
            (CURLOPT_QUICK_EXIT, 1),
        ]
        for (option, number) in numbers {
            guard unsafe paitify_curl_set_number(easy, option, number) == CURLE_OK else { return false }
        }
        let proxy = terms.proxy.map { String(decoding: $0.bytes, as: UTF8.self) }
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, String(decoding: address.bytes, as: UTF8.self)),
            (CURLOPT_PROTOCOLS_STR, address.isPlain ? "http" : "https"),
            (CURLOPT_USERAGENT, FetchTerms.userAgent),
            // An empty one is none, whatever the environment says.
            (CURLOPT_PROXY, proxy ?? ""), (CURLOPT_NOPROXY, ""),
        ]
        for (option, text) in texts {
            guard unsafe paitify_curl_set_text(easy, option, text) == CURLE_OK else { return false }
        }
        guard let file = terms.authoritiesFile else { return true }
        // These alone: the system's folder of authorities is not looked into besides.
        return unsafe paitify_curl_set_text(easy, CURLOPT_CAINFO, file) == CURLE_OK
            && paitify_curl_set_text(easy, CURLOPT_CAPATH, nil) == CURLE_OK
    }
}
