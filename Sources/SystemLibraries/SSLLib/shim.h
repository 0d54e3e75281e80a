#pragma once
/* TLS as a client, on a socket that does not wait: what of OpenSSL is macros, and what belongs together. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* TLS 1.2 or later, and a certificate that this system trusts. Null for want of memory, or where no certificates can be read. */
static inline SSL_CTX *tls_client_context(void)
{
    SSL_CTX *const context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    (void)SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_default_verify_paths(context) == 1)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

/* A connection to a server whose certificate has to be for that name, or address. Null for want of memory. */
static inline SSL *tls_client(SSL_CTX *context, int socket, const char *server)
{
    SSL *const connection = SSL_new(context);
    if (connection == NULL) return NULL;
    X509_VERIFY_PARAM *const rules = SSL_get0_param(connection);
    const int is_address = X509_VERIFY_PARAM_set1_ip_asc(rules, server) == 1;
    /* No extension names an address (RFC 6066 section 3). */
    if ((is_address || (SSL_set1_host(connection, server) == 1 && SSL_set_tlsext_host_name(connection, server) == 1)) &&
        SSL_set_fd(connection, socket) == 1) {
        SSL_set_connect_state(connection);
        return connection;
    }
    SSL_free(connection);
    return NULL;
}

enum tls_wants { tls_wants_nothing, tls_wants_to_read, tls_wants_to_write, tls_has_ended };

/* What has to be waited for after a call that gave `code`. */
static inline enum tls_wants tls_wants_after(const SSL *connection, int code)
{
    switch (SSL_get_error(connection, code)) {
    case SSL_ERROR_NONE: return tls_wants_nothing;
    case SSL_ERROR_WANT_READ: return tls_wants_to_read;
    case SSL_ERROR_WANT_WRITE: return tls_wants_to_write;
    default: return tls_has_ended;
    }
}

/* Why it ended: of the certificate where that was refused, else of the protocol. As long-lived as the program. */
static inline const char *tls_reason(const SSL *connection)
{
    const long refused = SSL_get_verify_result(connection);
    if (refused != X509_V_OK) return X509_verify_cert_error_string(refused);
    const char *const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason != NULL ? reason : "the server closed the connection";
}
