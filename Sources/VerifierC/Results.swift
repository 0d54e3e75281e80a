// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

public import PaitifyVerifyHeader
import Verifier

// MARK: Results

@c @implementation
public func paitify_result_new(_ result: UnsafeMutablePointer<OpaquePointer?>!) -> Int32 {
    guard let made = unsafe result else { return argumentCode }
    unsafe made.pointee = nil
    do throws(VerifyError) {
        try Memory.require(4096)
    } catch {
        return error.code
    }
    unsafe made.pointee = ResultHandle.make(ResultHandle())
    return okCode
}

@c @implementation
public func paitify_result_reset(_ result: OpaquePointer!) {
    _ = unsafe ResultHandle.with(result) { $0.set(nil) }
}

@c @implementation
public func paitify_result_free(_ result: OpaquePointer!) {
    unsafe ResultHandle.release(result)
}

// MARK: What was verified

@c @implementation
public func paitify_result_authorization_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.authorizationIDClaim }
}

@c @implementation
public func paitify_result_agent_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.agentIDClaim }
}

@c @implementation
public func paitify_result_company_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.companyIDClaim }
}

@c @implementation
public func paitify_result_merchant_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.merchantIDClaim }
}

@c @implementation
public func paitify_result_currency(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.currencyClaim }
}

@c @implementation
public func paitify_result_key_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe ResultHandle.with(result) { unsafe $0.content?.keyID ?? paitify_bytes() } ?? paitify_bytes()
}

@c @implementation
public func paitify_result_payload(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe ResultHandle.with(result) { unsafe $0.content?.payload ?? paitify_bytes() } ?? paitify_bytes()
}

@c @implementation
public func paitify_result_max_amount(_ result: OpaquePointer!) -> Int64 {
    unsafe authorization(of: result)?.maxAmount ?? 0
}

@c @implementation
public func paitify_result_issued_at(_ result: OpaquePointer!) -> Int64 {
    unsafe authorization(of: result)?.issuedAt ?? 0
}

@c @implementation
public func paitify_result_expires_at(_ result: OpaquePointer!) -> Int64 {
    unsafe authorization(of: result)?.expiresAt ?? 0
}

@c @implementation
public func paitify_result_claim_string(
    _ result: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<paitify_bytes>!
) -> Int32 {
    guard let out = unsafe value else { return argumentCode }
    unsafe out.pointee = paitify_bytes()
    return unsafe namedClaim(of: result, name) { claim in
        guard claim.kind == .string else { return .claimType }
        unsafe out.pointee = claim.borrowed
        return .ok
    }
}

@c @implementation
public func paitify_result_claim_int64(
    _ result: OpaquePointer!, _ name: UnsafePointer<CChar>!, _ value: UnsafeMutablePointer<Int64>!
) -> Int32 {
    guard let out = unsafe value else { return argumentCode }
    unsafe out.pointee = 0
    return unsafe namedClaim(of: result, name) { claim in
        guard let number = claim.int64 else { return .claimType }
        unsafe out.pointee = number
        return .ok
    }
}

private func authorization(of result: OpaquePointer?) -> VerifiedAuthorization? {
    unsafe ResultHandle.with(result) { $0.content?.authorization } ?? nil
}

private func claim(of result: OpaquePointer?, _ claim: (VerifiedAuthorization) -> JSONValue?) -> paitify_bytes {
    let value = unsafe authorization(of: result).flatMap(claim)
    return unsafe value?.borrowed ?? paitify_bytes()
}

private func namedClaim(
    of result: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ read: (JSONValue) -> VerificationStatus
) -> Int32 {
    guard unsafe result != nil, let name = unsafe name, let bytes = unsafe bytes(of: name, bytesMax: 4096)
    else { return argumentCode }
    guard let claim = unsafe authorization(of: result)?.claims[utf8: bytes.span] else {
        return VerificationStatus.claimMissing.rawValue
    }
    return read(claim).rawValue
}
