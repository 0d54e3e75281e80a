import PaitifyVerifyHeader
import Verifier

/// What a successful verification left for the host, at addresses that stay while it is kept.
struct ResultContent {
    /// Nil after `paitify_verify_jws`, which knows no claims.
    let authorization: VerifiedAuthorization?
    private let payloadCopy: StableBytes
    private let keyIDCopy: StableBytes

    /// Throws `noMemory`.
    init(_ authorization: VerifiedAuthorization) throws(VerifyError) {
        payloadCopy = try StableBytes.copy(authorization.payload)
        keyIDCopy = try StableBytes.copy(authorization.keyIDBytes)
        self.authorization = authorization
    }

    /// Throws `noMemory`.
    init(_ jws: VerifiedJWS) throws(VerifyError) {
        payloadCopy = try StableBytes.copy(jws.payload)
        keyIDCopy = try StableBytes.copy(jws.keyIDBytes)
        authorization = nil
    }

    var payload: paitify_bytes { unsafe payloadCopy.borrowed }
    var keyID: paitify_bytes { unsafe keyIDCopy.borrowed }
}

/// Bytes that C may hold a pointer to for as long as this exists. (An array's may move.)
@safe final class StableBytes {
    private let start: UnsafeMutablePointer<UInt8>?
    private let count: Int

    /// Throws `noMemory`.
    static func copy(_ source: [UInt8]) throws(VerifyError) -> StableBytes {
        try unsafe StableBytes(takingOwnershipOf: Memory.copy(source), count: source.count)
    }

    // Embedded Swift leaks an object whose init throws (6.3), so what can fail comes before the object.
    private init(takingOwnershipOf start: UnsafeMutablePointer<UInt8>?, count: Int) {
        unsafe self.start = start
        self.count = count
    }

    deinit {
        unsafe Memory.free(start)
    }

    var borrowed: paitify_bytes {
        guard let start = unsafe start else { return unsafe paitify_bytes() }
        return unsafe paitify_bytes(data: UnsafePointer(start), length: count)
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
