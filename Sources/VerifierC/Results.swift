// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
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
    _ = unsafe ResultHandle.with(result) { $0.reset() }
}

@c @implementation
public func paitify_result_free(_ result: OpaquePointer!) {
    unsafe ResultHandle.release(result)
}

// MARK: What was verified

@c @implementation
public func paitify_result_authorization_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.authorizationID }
}

@c @implementation
public func paitify_result_agent_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.agentID }
}

@c @implementation
public func paitify_result_company_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.companyID }
}

@c @implementation
public func paitify_result_merchant_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.merchantID }
}

@c @implementation
public func paitify_result_currency(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe claim(of: result) { $0.currency }
}

@c @implementation
public func paitify_result_key_id(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe ResultHandle.with(result) { result in
        unsafe result.content.payload == nil ? paitify_bytes() : paitify_bytes(result.memory.keyID)
    } ?? paitify_bytes()
}

@c @implementation
public func paitify_result_payload(_ result: OpaquePointer!) -> paitify_bytes {
    unsafe ResultHandle.with(result) { result in
        guard let payload = result.content.payload else { return unsafe paitify_bytes() }
        return unsafe paitify_bytes(result.memory.bytes(of: payload))
    } ?? paitify_bytes()
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
        guard claim.isString else { return .claimType }
        unsafe out.pointee = paitify_bytes(claim.utf8)
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

private func authorization(of result: OpaquePointer?) -> AuthorizationClaims? {
    unsafe ResultHandle.with(result) { $0.content.authorization } ?? nil
}

private func claim(
    of result: OpaquePointer?, _ claim: (AuthorizationClaims) -> JSONTapeValue?
) -> paitify_bytes {
    guard let value = unsafe authorization(of: result).flatMap(claim) else { return unsafe paitify_bytes() }
    return unsafe paitify_bytes(value.utf8)
}

private func namedClaim(
    of result: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ read: (JSONTapeValue) -> VerificationStatus
) -> Int32 {
    guard unsafe result != nil, let name = unsafe name, let bytes = unsafe bytes(of: name, bytesMax: 4096)
    else { return argumentCode }
    guard let claim = unsafe authorization(of: result)?.claims[utf8: bytes.span] else {
        return VerificationStatus.claimMissing.rawValue
    }
    return read(claim).rawValue
}
