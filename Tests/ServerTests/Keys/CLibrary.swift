import Foundation
import Glibc
import PaitifyVerifyHeader

/// libpaitifyverify.so.1 as scripts/build-verifier.sh leaves it, loaded like a host's plugin: what processors have.
@safe final class CLibrary {
    static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "build/lib/libpaitifyverify.so.1").path

    struct Missing: Error { let what: String }

    private let handle: UnsafeMutableRawPointer

    init() throws {
        guard let handle = unsafe dlopen(Self.path, RTLD_NOW | RTLD_LOCAL) else { throw Missing(what: Self.path) }
        unsafe self.handle = handle
    }

    /// `type` must be the function's, as the header has it.
    func function<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
        guard let symbol = unsafe dlsym(handle, name) else { throw Missing(what: name) }
        return unsafe unsafeBitCast(symbol, to: type)
    }
}

/// A processor on that library, with the time given.
@safe final class CProcessor {
    typealias OptionsInit = @convention(c) (UnsafeMutablePointer<paitify_options>?, UInt32) -> Void
    typealias ChargeInit = @convention(c) (UnsafeMutablePointer<paitify_charge>?, UInt32) -> Void
    typealias New =
        @convention(c) (
            UnsafePointer<paitify_options>?, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<paitify_error>?
        ) -> Int32
    typealias Install =
        @convention(c) (OpaquePointer?, paitify_bytes, Int64, UnsafeMutablePointer<paitify_error>?) -> Int32
    typealias RefreshDue = @convention(c) (OpaquePointer?) -> Int64
    typealias NewResult = @convention(c) (UnsafeMutablePointer<OpaquePointer?>?) -> Int32
    typealias Verify =
        @convention(c) (OpaquePointer?, paitify_bytes, UnsafePointer<paitify_charge>?, OpaquePointer?) -> Int32
    typealias StatusName = @convention(c) (Int32) -> UnsafePointer<CChar>?
    typealias Free = @convention(c) (OpaquePointer?) -> Void

    /// What the callback reads: lives as long as the processor.
    private final class Time {
        var seconds: Int64 = 0
    }

    private let time = Time()
    private var verifier: OpaquePointer?
    private var result: OpaquePointer?
    private let (install, refreshDue, verify, statusName): (Install, RefreshDue, Verify, StatusName)
    private let (chargeInit, freeResult, release): (ChargeInit, Free, Free)

    init(_ library: CLibrary, issuer: String, audience: String) throws {
        unsafe install = try unsafe library.function("paitify_install_jwks")
        unsafe refreshDue = try unsafe library.function("paitify_refresh_due_in_ms")
        unsafe verify = try unsafe library.function("paitify_verify")
        unsafe statusName = try unsafe library.function("paitify_status_name")
        unsafe chargeInit = try unsafe library.function("paitify_charge_init")
        unsafe freeResult = try unsafe library.function("paitify_result_free")
        unsafe release = try unsafe library.function("paitify_verifier_release")
        let optionsInit: OptionsInit = try unsafe library.function("paitify_options_init")
        let new: New = try unsafe library.function("paitify_verifier_new")
        let newResult: NewResult = try unsafe library.function("paitify_result_new")

        var options = unsafe paitify_options()
        unsafe optionsInit(&options, UInt32(MemoryLayout<paitify_options>.size))
        unsafe options.algorithms = UInt32(
            PAITIFY_ALG_RS256 | PAITIFY_ALG_PS256 | PAITIFY_ALG_ES256 | PAITIFY_ALG_EDDSA)
        unsafe options.context = Unmanaged.passUnretained(time).toOpaque()
        unsafe options.now = { unsafe Unmanaged<Time>.fromOpaque($0!).takeUnretainedValue().seconds }
        // The library copies what the options point at.
        let status = unsafe Self.withBytes(issuer) { issuer in
            unsafe Self.withBytes(audience) { audience in
                unsafe options.issuer = issuer
                return unsafe withUnsafePointer(to: audience) { audience in
                    unsafe options.audiences = audience
                    unsafe options.audience_count = 1
                    return unsafe new(&options, &verifier, nil)
                }
            }
        }
        guard status == PAITIFY_OK, unsafe newResult(&result) == PAITIFY_OK else {
            throw CLibrary.Missing(what: "a verifier: \(status)")
        }
    }

    deinit {
        unsafe freeResult(result)
        unsafe release(verifier)
    }

    /// What the processor's clock shows.
    var now: Int64 {
        get { time.seconds }
        set { time.seconds = newValue }
    }

    /// Whether the library wants the keys fetched now.
    var wantsKeys: Bool { unsafe refreshDue(verifier) == 0 }

    /// Installs a key set that was fetched now. Gives the status' name.
    func install(_ document: [UInt8]) -> String {
        name(
            unsafe document.withUnsafeBufferPointer { document in
                unsafe install(
                    verifier, paitify_bytes(data: document.baseAddress, length: document.count), now, nil)
            })
    }

    /// Verifies a token for a charge in USD.
    func verify(_ token: String, amount: Int64) -> String {
        var charge = unsafe paitify_charge()
        unsafe chargeInit(&charge, UInt32(MemoryLayout<paitify_charge>.size))
        unsafe charge.amount = amount
        for (index, byte) in "USD".utf8.enumerated() {
            unsafe withUnsafeMutableBytes(of: &charge.currency) { unsafe $0[index] = byte }
        }
        return name(unsafe Self.withBytes(token) { unsafe verify(verifier, $0, &charge, result) })
    }

    private func name(_ status: Int32) -> String {
        unsafe statusName(status).map { unsafe String(cString: $0) } ?? "\(status)"
    }

    private static func withBytes<Value>(_ text: String, _ body: (paitify_bytes) -> Value) -> Value {
        unsafe Array(text.utf8).withUnsafeBufferPointer {
            unsafe body(paitify_bytes(data: $0.baseAddress, length: $0.count))
        }
    }
}
