import PaitifyVerifyHeader
import Verifier

/// The host's `paitify_error`, or none: where the particulars of a call go.
@safe struct CallError {
  private let error: UnsafeMutablePointer<paitify_error>?

  init(_ error: UnsafeMutablePointer<paitify_error>?) {
    unsafe self.error = error
  }

  /// Runs the call's body, which returns a remark for success (mostly none), and tells the host how it came out.
  func reporting(_ body: () throws(VerifyError) -> String?) -> Int32 {
    do throws(VerifyError) {
      let remark = try body()
      return tell(.ok, remark ?? "")
    } catch {
      return tell(error.status, error.detail)
    }
  }

  private func tell(_ status: VerificationStatus, _ text: String) -> Int32 {
    guard let error = unsafe error else { return status.rawValue }
    // struct_size is the host's; where the host left it at 0, the first version's layout is meant. More than the first
    // version's is never written.
    let whole = MemoryLayout<paitify_error>.size
    let declared = unsafe Int(error.pointee.struct_size)
    let size = declared == 0 ? whole : min(declared, whole)
    let messageOffset = 2 * MemoryLayout<Int32>.size  // after struct_size and status
    guard size >= messageOffset else { return status.rawValue }
    unsafe error.pointee.status = status.rawValue
    let message = unsafe UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(error) + messageOffset, count: size - messageOffset)
    unsafe Self.write(text, into: message)
    return status.rawValue
  }

  /// Copies as much as fits, cut between characters, and ends it with a NUL.
  private static func write(_ text: String, into message: UnsafeMutableRawBufferPointer) {
    guard message.count > 0 else { return }
    var length = 0
    for scalar in text.unicodeScalars {
      let bytes = UTF8.width(scalar)
      guard length + bytes < message.count else { break }
      length += bytes
    }
    var index = 0
    for byte in text.utf8.prefix(length) {
      unsafe message[index] = byte
      index += 1
    }
    unsafe message[length] = 0
  }
}
