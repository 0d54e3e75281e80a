package import PaitifyVerifyHeader
package import Verifier

/// The host's `paitify_error`, or none: where the particulars of a call go.
@safe package struct CallError {
    private let error: UnsafeMutablePointer<paitify_error>?

    package init(_ error: UnsafeMutablePointer<paitify_error>?) {
        unsafe self.error = error
    }

    /// Runs the call's body, which returns a remark for success (mostly none), and tells the host how it came out.
    package func reporting(_ body: () throws(VerifyError) -> String?) -> Int32 {
        do throws(VerifyError) {
            var remark = try body() ?? ""
            remark.withUTF8 { unsafe tell(.ok, $0) }
            return okCode
        } catch {
            if case .none = error.particulars {
                // Without a copy: want of memory is told so as well.
                error.status.message.withUTF8Buffer { unsafe tell(error.status, $0) }
            } else {
                var detail = error.detail
                detail.withUTF8 { unsafe tell(error.status, $0) }
            }
            return error.code
        }
    }

    private func tell(_ status: VerificationStatus, _ text: UnsafeBufferPointer<UInt8>) {
        guard let error = unsafe error else { return }
        // struct_size is the host's; where the host left it at 0, the first version's layout is meant. More than the
        // first version's is never written.
        let whole = MemoryLayout<paitify_error>.size
        let declared = unsafe Int(error.pointee.struct_size)
        let size = declared == 0 ? whole : min(declared, whole)
        let messageOffset = 2 * MemoryLayout<Int32>.size  // after struct_size and status
        guard size >= messageOffset else { return }
        unsafe error.pointee.status = status.rawValue
        let message = unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(error) + messageOffset, count: size - messageOffset)
        unsafe Self.write(text, into: message)
    }

    /// As below, of a string.
    package static func write(_ text: String, into message: UnsafeMutableRawBufferPointer) {
        var text = text
        text.withUTF8 { unsafe write($0, into: message) }
    }

    /// Copies as much as fits, cut between characters, and ends it with a NUL. The text may quote a document or a path:
    /// control characters, which would forge lines in a log, become question marks.
    package static func write(_ text: UnsafeBufferPointer<UInt8>, into message: UnsafeMutableRawBufferPointer) {
        guard message.count > 0 else { return }
        var length = min(text.count, message.count - 1)
        // A byte 10xxxxxx goes on with a character that began before: do not cut there.
        while length > 0, length < text.count, unsafe text[length] & 0xC0 == 0x80 { length -= 1 }
        for index in 0..<length {
            let byte = unsafe text[index]
            unsafe message[index] = byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
        }
        unsafe message[length] = 0
    }
}

extension VerifyError {
    /// The status as the C caller gets it.
    package var code: Int32 { status.rawValue }
}
