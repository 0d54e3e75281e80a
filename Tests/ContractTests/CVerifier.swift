import PaitifyVerifyHeader
import Verifier
import VerifierC

/// The C library as a C host uses it: a verifier and one result, with the time given.
@safe final class CVerifier {
    private(set) var verifier: OpaquePointer?
    private(set) var result: OpaquePointer?
    private let host: Host

    /// What the callbacks see and note: the time, and how the replay guard answers, where there is one.
    private final class Host {
        var now: Int64
        let answer: ReplayAnswer?
        var asked: [Vectors.Claim] = []
        var wanted: [String] = []

        init(now: Int64, answer: ReplayAnswer?) { (self.now, self.answer) = (now, answer) }

        static func of(_ context: UnsafeMutableRawPointer?) -> Host {
            unsafe Unmanaged.fromOpaque(context!).takeUnretainedValue()
        }
    }

    init(_ given: Vectors.Options, replay: String? = nil, now: Int64) throws {
        host = Host(now: now, answer: try replay.map { try ReplayAnswer(named: $0) })
        var options = unsafe paitify_options()
        unsafe paitify_options_init(&options, UInt32(MemoryLayout<paitify_options>.size))
        unsafe options.context = Unmanaged.passUnretained(host).toOpaque()
        unsafe options.now = { unsafe Host.of($0).now }
        unsafe options.keys_wanted = { context, kid in
            let kid = unsafe String(decoding: UnsafeBufferPointer(start: kid.data, count: kid.length), as: UTF8.self)
            unsafe Host.of(context).wanted.append(kid)
        }
        if replay != nil { unsafe options.replay_claim = Self.replayClaim }
        unsafe Self.set(&options, from: given)
        let status = unsafe withBytes(given.issuer ?? "") { issuer in
            unsafe options.issuer = issuer
            return unsafe withAllBytes((given.audiences ?? [])[...], []) { audiences in
                unsafe audiences.withUnsafeBufferPointer { audiences in
                    unsafe options.audiences = audiences.baseAddress
                    unsafe options.audience_count = audiences.count
                    return unsafe paitify_verifier_new(&options, &verifier, nil)
                }
            }
        }
        guard status == PAITIFY_OK, unsafe paitify_result_new(&result) == PAITIFY_OK else {
            throw Refused(status: status)
        }
    }

    struct Refused: Error { let status: Int32 }

    private static func set(_ options: inout paitify_options, from given: Vectors.Options) {
        if given.acceptTest == true { unsafe options.flags = PAITIFY_ACCEPT_TEST }
        unsafe options.algorithms = AlgorithmSet(named: given.algorithms ?? []).rawValue
        if let seconds = given.leewayS { unsafe options.leeway_s = seconds }
        if let seconds = given.maxLifetimeS { unsafe options.max_lifetime_s = seconds }
        if let bytes = given.maxTokenBytes { unsafe options.max_token_bytes = bytes }
        if let seconds = given.keysFreshS { unsafe options.keys_fresh_s = seconds }
        if let seconds = given.keysMaxStaleS { unsafe options.keys_max_stale_s = seconds }
    }

    deinit {
        unsafe paitify_result_free(result)
        unsafe paitify_verifier_release(verifier)
    }

    func setNow(_ seconds: Int64) { host.now = seconds }

    /// What the replay guard was asked.
    var claimsAsked: [Vectors.Claim] { host.asked }

    /// The kids that were asked for since the last call.
    func takeWanted() -> [String] {
        defer { host.wanted = [] }
        return host.wanted
    }

    /// How fresh the keys are, as the vectors call it.
    var keys: String {
        var info = paitify_health_info()
        unsafe paitify_health_info_init(&info, UInt32(MemoryLayout<paitify_health_info>.size))
        guard unsafe paitify_health(verifier, &info) == PAITIFY_OK else { return "no health" }
        return [
            PAITIFY_KEYS_NONE: "NONE", PAITIFY_KEYS_FRESH: "FRESH", PAITIFY_KEYS_DUE: "DUE",
            PAITIFY_KEYS_STALE: "STALE",
        ][info.state] ?? "\(info.state)"
    }

    private static let replayClaim:
        @convention(c) (UnsafeMutableRawPointer?, paitify_bytes, paitify_bytes, Int64, paitify_bytes) -> Int32 = {
            let host = unsafe Host.of($0)
            let texts = unsafe [$1, $2, $4].map {
                unsafe String(decoding: UnsafeBufferPointer(start: $0.data, count: $0.length), as: UTF8.self)
            }
            host.asked.append(Vectors.Claim(issuer: texts[0], jti: texts[1], expiresAt: $3, transactionId: texts[2]))
            return host.answer?.rawValue ?? -1
        }

    /// The status, and what the error's message says.
    func install(_ document: [UInt8], fetchedAt: Int64) -> (status: Int32, message: String) {
        var error = paitify_error()
        error.struct_size = UInt32(MemoryLayout<paitify_error>.size)
        let status = unsafe document.withUnsafeBufferPointer { document in
            unsafe paitify_install_jwks(
                verifier, paitify_bytes(data: document.baseAddress, length: document.count), fetchedAt, &error)
        }
        let message = unsafe withUnsafeBytes(of: error.message) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return (status, message)
    }

    func verify(_ token: String, _ given: Vectors.Charge) -> Int32 {
        var charge = unsafe paitify_charge()
        unsafe paitify_charge_init(&charge, UInt32(MemoryLayout<paitify_charge>.size))
        unsafe charge.amount = given.amount
        unsafe withUnsafeMutableBytes(of: &charge.currency) { currency in
            for (index, byte) in given.currency.utf8.prefix(4).enumerated() { unsafe currency[index] = byte }
        }
        if given.exact == true { unsafe charge.flags |= PAITIFY_CHARGE_EXACT }
        if given.anyMerchant == true { unsafe charge.flags |= PAITIFY_CHARGE_ANY_MERCHANT }
        return unsafe withBytes(given.merchantId) { merchant in
            unsafe charge.merchant_id = merchant
            return unsafe withBytes(given.transactionId ?? "") { transaction in
                unsafe charge.transaction_id = transaction
                return unsafe withBytes(token) { unsafe paitify_verify(verifier, $0, &charge, result) }
            }
        }
    }

    func verifyTokenOnly(_ token: String) -> Int32 {
        unsafe withBytes(token) { unsafe paitify_verify_token_only(verifier, $0, result) }
    }

    func verifyJWS(_ token: String) -> Int32 {
        unsafe withBytes(token) { unsafe paitify_verify_jws(verifier, $0, result) }
    }

    /// Every claim that the result exposes, as text: empty if it exposes none.
    var exposed: String {
        let texts = unsafe [
            paitify_result_authorization_id(result), paitify_result_agent_id(result), paitify_result_company_id(result),
            paitify_result_merchant_id(result), paitify_result_key_id(result), paitify_result_currency(result),
            paitify_result_payload(result),
        ].map { unsafe String(decoding: UnsafeBufferPointer(start: $0.data, count: $0.length), as: UTF8.self) }
        let numbers = unsafe [
            paitify_result_max_amount(result), paitify_result_issued_at(result), paitify_result_expires_at(result),
        ].filter { $0 != 0 }.map { "\($0)" }
        return (texts + numbers).joined()
    }
}

/// The bytes of a text as C takes them, for the length of the call.
func withBytes<Result>(_ text: String, _ body: (paitify_bytes) -> Result) -> Result {
    unsafe Array(text.utf8).withUnsafeBufferPointer {
        unsafe body(paitify_bytes(data: $0.baseAddress, length: $0.count))
    }
}

private func withAllBytes(
    _ texts: ArraySlice<String>, _ before: [paitify_bytes], _ body: ([paitify_bytes]) -> Int32
) -> Int32 {
    guard let first = texts.first else { return unsafe body(before) }
    return unsafe withBytes(first) { unsafe withAllBytes(texts.dropFirst(), before + [$0], body) }
}

func statusName(_ status: Int32) -> String {
    unsafe String(cString: paitify_status_name(status))
}
