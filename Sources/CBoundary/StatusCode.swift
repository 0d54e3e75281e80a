import Verifier

/// What a C call returns for a wrong argument that has no words of its own.
package var argumentCode: Int32 { VerificationStatus.argument.rawValue }
package var okCode: Int32 { VerificationStatus.ok.rawValue }
