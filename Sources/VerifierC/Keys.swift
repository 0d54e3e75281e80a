// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyHeader
import Verifier

// MARK: Keys

@c @implementation
public func paitify_install_jwks(
    _ verifier: OpaquePointer!, _ jwks: paitify_bytes, _ fetched_at: Int64,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe install(verifier, jwks, fetchedAt: fetched_at, maxAgeSeconds: nil, error)
}

@c @implementation
public func paitify_install_jwks_fresh_for(
    _ verifier: OpaquePointer!, _ jwks: paitify_bytes, _ fetched_at: Int64, _ max_age_s: UInt32,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe install(verifier, jwks, fetchedAt: fetched_at, maxAgeSeconds: max_age_s, error)
}

@c @implementation
public func paitify_load_jwks_file(
    _ verifier: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe keyCall(verifier, error) { verifier throws(VerifyError) in
        try verifier.loadKeys(path: unsafe copyPath(path))
    }
}

@c @implementation
public func paitify_save_jwks_file(
    _ verifier: OpaquePointer!, _ path: UnsafePointer<CChar>!, _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe keyCall(verifier, error) { verifier throws(VerifyError) in
        try verifier.saveKeys(path: unsafe copyPath(path))
        return []
    }
}

private func install(
    _ verifier: OpaquePointer?, _ jwks: paitify_bytes, fetchedAt: Int64, maxAgeSeconds: UInt32?,
    _ error: UnsafeMutablePointer<paitify_error>?
) -> Int32 {
    unsafe keyCall(verifier, error) { verifier throws(VerifyError) in
        guard let document = unsafe jwks.buffer else { throw VerifyError(.argument, "jwks is null, yet has a length.") }
        return try unsafe verifier.install(jwks: document.span, fetchedAt: fetchedAt, maxAgeSeconds: maxAgeSeconds)
    }
}

/// What every call about keys has in common: success that left keys out is told in the error's message.
private func keyCall(
    _ verifier: OpaquePointer?, _ error: UnsafeMutablePointer<paitify_error>?,
    _ call: (TokenVerifier) throws(VerifyError) -> [LeftOutKey]
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        try Memory.require(1 << 20)  // before the path is copied
        let outcome: Result<[LeftOutKey], VerifyError>? = unsafe VerifierHandle.with(verifier) { handle in
            Result { () throws(VerifyError) in try call(handle.verifier) }
        }
        guard let leftOut = try outcome?.get() else { throw VerifyError(.argument, "verifier is null.") }
        return remark(on: leftOut)
    }
}

private func remark(on leftOut: [LeftOutKey]) -> String? {
    guard let first = leftOut.first else { return nil }
    return "\(leftOut.count) left out. keys[\(first.index)] (\(first.keyID ?? "no kid")): \(first.reason.detail)."
}
