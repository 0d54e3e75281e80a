package import PaitifyVerifyHeader
package import Verifier

/// A C string's bytes without its NUL, or nil if there is none within `bytesMax`. Borrowed, as the string is.
package func bytes(of string: UnsafePointer<CChar>, bytesMax: Int) -> UnsafeBufferPointer<UInt8>? {
    for count in 0...bytesMax where unsafe string[count] == 0 {
        return unsafe UnsafeRawBufferPointer(start: string, count: count).bindMemory(to: UInt8.self)
    }
    return nil
}

/// The characters of a literal, which are static and end in a NUL.
package func cString(_ literal: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// A copy of a C string as text. Throws `argument` if it is longer than 4096 bytes, or not UTF-8.
package func text(of string: UnsafePointer<CChar>, _ what: String) throws(VerifyError) -> String {
    guard let bytes = unsafe bytes(of: string, bytesMax: paitify_bytes.nameBytesMax) else {
        throw VerifyError(.argument, "\(what) is longer than 4096 bytes.")
    }
    return try unsafe paitify_bytes(bytes).text(what)
}

/// A copy of the path with its NUL; no system takes a longer one.
package func copyPath(_ path: UnsafePointer<CChar>?) throws(VerifyError) -> [CChar] {
    guard let path = unsafe path else { throw VerifyError(.argument, "path is null.") }
    guard let bytes = unsafe bytes(of: path, bytesMax: 4095) else {
        throw VerifyError(.argument, "path is longer than 4095 bytes.")
    }
    return unsafe bytes.map { CChar(bitPattern: $0) } + [0]
}

extension paitify_bytes {
    /// Borrowed bytes.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        unsafe self.init(data: bytes.baseAddress, length: bytes.count)
    }

    /// The longest issuer, audience or merchant that is taken.
    package static let nameBytesMax = 4096

    /// The bytes, or nil for a null pointer with a length, or a length that no memory has (beyond Int).
    ///
    /// The host's memory is borrowed: the buffer is valid until the call that brought it returns.
    package var buffer: UnsafeBufferPointer<UInt8>? {
        guard unsafe length == 0 || (length > 0 && data != nil) else { return nil }
        return unsafe UnsafeBufferPointer(start: data, count: length)
    }

    /// The bytes, or nil if there are more than a name has, or as above.
    package var name: UnsafeBufferPointer<UInt8>? {
        unsafe length <= Self.nameBytesMax ? buffer : nil
    }

    /// A copy of the bytes as text; throws `argument` if they are no name, or not UTF-8.
    package func text(_ what: String) throws(VerifyError) -> String {
        guard let buffer = unsafe name else {
            throw VerifyError(.argument, "\(what) is null, yet has a length, or is longer than 4096 bytes.")
        }
        guard let text = unsafe String(validating: buffer, as: UTF8.self) else {
            throw VerifyError(.argument, "\(what) is not UTF-8.")
        }
        return text
    }
}
