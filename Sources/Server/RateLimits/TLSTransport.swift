import POSIX
import PluginParts
import RedisClient
import SSLLib

/// TLS on a socket that does not wait, as a client that takes only a certificate which this system trusts (`SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name others) and which is for the server's name. One thread at a time.
///
/// hiredis has TLS of its own from 1.0 on, which Debian 12 does not have.
@safe final class TLSTransport: RedisTransport {
    /// Both are this object's, and go with it; every call below is done with them when it returns.
    private let context: OpaquePointer
    private let connection: OpaquePointer

    /// Nothing is sent yet: the first write agrees with the server on how.
    init(socket: Int32, server: String) throws(RedisFailure) {
        ERR_clear_error()
        guard let context = unsafe tls_client_context() else {
            throw RedisFailure("TLS cannot be used: memory ran out, or no certificates are trusted here.")
        }
        guard let connection = unsafe tls_client(context, socket, server) else {
            unsafe SSL_CTX_free(context)
            throw RedisFailure("TLS cannot be used: memory ran out.")
        }
        unsafe (self.context, self.connection) = (context, connection)
    }

    deinit {
        unsafe SSL_free(connection)
        unsafe SSL_CTX_free(context)
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> RedisTransfer {
        transfer { unsafe SSL_write(connection, bytes.baseAddress, Int32(clamping: bytes.count)) }
    }

    func read(into bytes: UnsafeMutableRawBufferPointer) -> RedisTransfer {
        transfer { unsafe SSL_read(connection, bytes.baseAddress, Int32(clamping: bytes.count)) }
    }

    private func transfer(_ call: () -> Int32) -> RedisTransfer {
        ERR_clear_error()
        // OpenSSL writes to sockets as to files, and would raise SIGPIPE.
        var held = posix_held_signals()
        unsafe posix_hold_sigpipe(&held)
        let count = call()
        unsafe posix_release_sigpipe(&held)
        switch unsafe tls_wants_after(connection, count) {
        case tls_wants_nothing: return .moved(Int(count))
        case tls_wants_to_read: return .waitToRead
        case tls_wants_to_write: return .waitToWrite
        default:
            var words = ShortText("The connection was lost: ")
            let reason = unsafe String(cString: tls_reason(connection))
            words.append(Array(reason.utf8).span)
            return .ended(RedisFailure(words))
        }
    }
}
