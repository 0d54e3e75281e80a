/// Why a call of the verifier did not succeed: a stable status, and the particulars for a person to read.
///
/// Two errors are equal if their statuses are: nothing may depend on the words.
public struct VerifyError: Error, Equatable, Sendable {
  /// Which check failed; never `.ok`.
  public let status: VerificationStatus
  /// What was wrong in this case, and what to do; the status's own sentence where there is no more to say.
  public let detail: String

  package init(_ status: VerificationStatus) {
    self.init(status, unsafe String(decoding: UnsafeBufferPointer(start: status.message.utf8Start, count: status.message.utf8CodeUnitCount), as: UTF8.self))
  }

  package init(_ status: VerificationStatus, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  public static func == (one: VerifyError, other: VerifyError) -> Bool {
    one.status == other.status
  }
}
