import PaitifyVerifyHeader
import Verifier

/// What a successful verification left for the host, at addresses that stay while it is kept.
struct ResultContent {
    /// Nil after `paitify_verify_jws`, which knows no claims.
    let authorization: VerifiedAuthorization?
    private let payloadCopy: StableBytes
    private let keyIDCopy: StableBytes

    init(_ authorization: VerifiedAuthorization) {
        self.authorization = authorization
        payloadCopy = StableBytes(copying: authorization.payload)
        keyIDCopy = StableBytes(copying: authorization.keyIDBytes)
    }

    init(_ jws: VerifiedJWS) {
        authorization = nil
        payloadCopy = StableBytes(copying: jws.payload)
        keyIDCopy = StableBytes(copying: jws.keyIDBytes)
    }

    var payload: paitify_bytes { unsafe payloadCopy.borrowed }
    var keyID: paitify_bytes { unsafe keyIDCopy.borrowed }
}

/// Bytes that C may hold a pointer to for as long as this exists. (An array's may move.)
@safe final class StableBytes {
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(copying source: [UInt8]) {
        unsafe bytes = .allocate(capacity: source.count)
        _ = unsafe bytes.initialize(fromContentsOf: source)
    }

    deinit {
        unsafe bytes.deallocate()
    }

    var borrowed: paitify_bytes {
        guard let start = unsafe bytes.baseAddress else { return unsafe paitify_bytes() }
        return unsafe paitify_bytes(data: UnsafePointer(start), length: bytes.count)
    }
}

extension JSONValue {
    /// The string's bytes where the document has them, or none. They stay as long as the document, which the result
    /// that they are read from keeps.
    var borrowed: paitify_bytes {
        let bytes = unsafe withUTF8 { text in
            unsafe text.withUnsafeBufferPointer { unsafe paitify_bytes(data: $0.baseAddress, length: $0.count) }
        }
        return unsafe bytes ?? paitify_bytes()
    }
}
