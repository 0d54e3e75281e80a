import CURL
import Verifier

/// An address taken apart by libcurl, so that who checks it and who goes there read it alike.
@safe struct AddressParts: ~Copyable {
    private let handle: OpaquePointer

    /// Throws `argument` for what is no absolute address, `noMemory`. `name` is the option's.
    init(_ address: [UInt8], named name: StaticString) throws(VerifyError) {
        guard !address.isEmpty, address.count <= KeysAddress.bytesMax else {
            throw VerifyError(.argument, "\(name) is not from 1 to \(KeysAddress.bytesMax) bytes long.")
        }
        guard address.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw VerifyError(.argument, "\(name) has a space, a control character or one beyond ASCII in it.")
        }
        guard let handle = unsafe curl_url() else { throw VerifyError(.noMemory) }
        let text = address.map { CChar(bitPattern: $0) } + [0]
        let code = unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else {
            unsafe curl_url_cleanup(handle)
            if code == CURLUE_OUT_OF_MEMORY { throw VerifyError(.noMemory) }
            throw VerifyError(
                .argument, "\(name) is no absolute address: \(unsafe String(cString: curl_url_strerror(code))).")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe curl_url_cleanup(handle) }

    /// A part's bytes; none where the address has no such part.
    subscript(_ part: CURLUPart) -> [UInt8] {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(handle, part, &text, 0) == CURLUE_OK, let found = unsafe text else { return [] }
        defer { unsafe curl_free(found) }
        return Array(unsafe String(cString: found).utf8)
    }
}
