// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The names are the C header's.

import CBoundary
public import PaitifyVerifyHeader
import Verifier

// MARK: Verifiers

@c @implementation
public func paitify_verifier_new(
    _ options: UnsafePointer<paitify_options>!, _ verifier: UnsafeMutablePointer<OpaquePointer?>!,
    _ error: UnsafeMutablePointer<paitify_error>!
) -> Int32 {
    unsafe CallError(error).reporting { () throws(VerifyError) in
        guard let made = unsafe verifier else { throw VerifyError(.argument, "verifier is null: nowhere to put it.") }
        unsafe made.pointee = nil
        try Memory.require(1 << 16)
        guard let options = unsafe options else { throw VerifyError(.argument, "options is null.") }
        let copied = try unsafe paitify_options(copying: options)
        let callbacks = unsafe HostCallbacks(copied)
        let verifier = try unsafe TokenVerifier(options: copied.swiftOptions(callbacks))
        unsafe made.pointee = VerifierHandle.make(VerifierHandle(verifier, callbacks: callbacks))
        return nil
    }
}

@c @implementation
public func paitify_verifier_retain(_ verifier: OpaquePointer!) -> OpaquePointer! {
    unsafe VerifierHandle.retain(verifier)
    return unsafe verifier
}

@c @implementation
public func paitify_verifier_release(_ verifier: OpaquePointer!) {
    unsafe VerifierHandle.release(verifier)
}

// MARK: Verifying

@c @implementation
public func paitify_verify(
    _ verifier: OpaquePointer!, _ token: paitify_bytes, _ charge: UnsafePointer<paitify_charge>!,
    _ result: OpaquePointer!
) -> Int32 {
    unsafe verification(verifier, token, result) { verifier, token, memory throws(VerifyError) in
        guard let host = unsafe charge else { throw VerifyError(.argument) }
        let charge = try unsafe paitify_charge(copying: host)
        guard let merchant = unsafe charge.merchant_id.name, let transaction = unsafe charge.transaction_id.name
        else { throw VerifyError(.argument) }
        let (authorization, payload) = try unsafe verifier.verify(
            token, charge: charge.terms(), merchantID: merchant.span, transactionID: transaction.span, in: memory)
        return ResultContent(authorization, payload: payload)
    }
}

@c @implementation
public func paitify_verify_token_only(_ verifier: OpaquePointer!, _ token: paitify_bytes, _ result: OpaquePointer!)
    -> Int32
{
    unsafe verification(verifier, token, result) { verifier, token, memory throws(VerifyError) in
        let (authorization, payload) = try verifier.verifyTokenOnly(token, in: memory)
        return ResultContent(authorization, payload: payload)
    }
}

@c @implementation
public func paitify_verify_jws(_ verifier: OpaquePointer!, _ token: paitify_bytes, _ result: OpaquePointer!) -> Int32 {
    unsafe verification(verifier, token, result) { verifier, token, memory throws(VerifyError) in
        ResultContent(payload: try verifier.verifyJWS(token, in: memory))
    }
}

/// What every verification has in common: the result is emptied first, and filled only by success.
private func verification(
    _ verifier: OpaquePointer?, _ token: paitify_bytes, _ result: OpaquePointer?,
    _ verify: (TokenVerifier, Span<UInt8>, TokenMemory) throws(VerifyError) -> ResultContent
) -> Int32 {
    let code = unsafe ResultHandle.with(result) { result in
        result.reset()
        guard let token = unsafe token.buffer else { return argumentCode }
        return unsafe VerifierHandle.with(verifier) { handle in
            do throws(VerifyError) {
                try result.fill { memory throws(VerifyError) in
                    try unsafe verify(handle.verifier, token.span, memory)
                }
                return okCode
            } catch {
                return error.code
            }
        } ?? argumentCode
    }
    return code ?? argumentCode
}

// MARK: The charge

@c @implementation
public func paitify_charge_init(_ charge: UnsafeMutablePointer<paitify_charge>!, _ struct_size: UInt32) {
    unsafe HostStruct.initialize(charge, to: paitify_charge(), size: struct_size)
}

extension paitify_charge {
    /// The host's charge. Throws `argument` for one of no version.
    fileprivate init(copying host: UnsafePointer<paitify_charge>) throws(VerifyError) {
        unsafe self = paitify_charge()
        // struct_size, flags, amount, currency: without these there is no charge. Then the two names.
        let required = 2 * MemoryLayout<UInt32>.size + MemoryLayout<Int64>.size + 4
        let name = unsafe MemoryLayout<paitify_bytes>.size
        let whole = unsafe MemoryLayout<paitify_charge>.size
        try unsafe HostStruct.copy(host, over: &self, fieldEnds: [required, whole - name, whole])
    }

    /// What the verifier compares. Throws `argument` for what no processor can mean.
    fileprivate func terms() throws(VerifyError) -> ChargeTerms {
        guard unsafe flags & ~(PAITIFY_CHARGE_EXACT | PAITIFY_CHARGE_ANY_MERCHANT) == 0 else {
            throw VerifyError(.argument)
        }
        let (first, second, third, end) = unsafe currency
        let letters: InlineArray<3, UInt8> = [
            UInt8(bitPattern: first), UInt8(bitPattern: second), UInt8(bitPattern: third),
        ]
        return try unsafe ChargeTerms(
            amount: amount, currency: end == 0 ? CurrencyCode(letters.span) : nil,
            matching: flags & PAITIFY_CHARGE_EXACT != 0 ? .exactly : .atMost,
            comparesMerchant: flags & PAITIFY_CHARGE_ANY_MERCHANT == 0)
    }
}
