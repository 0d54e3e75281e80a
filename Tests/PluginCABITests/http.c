/*
 * Keys over HTTP where memory is short: each allocation of libcurl fails in turn, and all memory is taken away, at the
 * start of a fetch and in its midst. A fetch then fails, and the next one is none the worse. usage: http FOLDER
 *
 * malloc and its like are this program's own, so every library in the process calls them; who called is told by the
 * return address.
 */
#include "vectors.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <paitifyverify-http.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static atomic_int is_empty;                 /* nobody gets memory */
static atomic_long allocations, failing_at; /* libcurl's; 0: none fails */
static _Thread_local int is_looking;

static int fails(const void *return_address)
{
    if (is_empty) return 1;
    if (failing_at == 0 || is_looking) return 0;
    is_looking = 1; /* dladdr may allocate */
    Dl_info about;
    const int is_curl =
        dladdr(return_address, &about) != 0 && about.dli_fname != NULL && strstr(about.dli_fname, "libcurl") != NULL;
    is_looking = 0;
    return is_curl && ++allocations == failing_at;
}

void *malloc(size_t size) { return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    return *block == NULL ? ENOMEM : 0;
}

void free(void *block) { __libc_free(block); }

/* ---- An issuer, which needs no memory -------------------------------------------------------------------------------
 */

static char answer[65536];
static size_t answer_length;
static atomic_int empties; /* takes all memory away before it answers */

static void *serve(void *listener)
{
    char request[4096];
    for (;;) {
        const int connection = accept(*(const int *)listener, NULL, NULL);
        if (connection < 0) return NULL;
        if (read(connection, request, sizeof request) > 0) {
            if (empties) is_empty = 1;
            if (send(connection, answer, answer_length, MSG_NOSIGNAL) < 0) errno = 0;
        }
        close(connection);
    }
}

static int listen_somewhere(int *listener)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(*listener, (const struct sockaddr *)&address, length) == 0 && listen(*listener, 16) == 0);
    CHECK(getsockname(*listener, (struct sockaddr *)&address, &length) == 0);
    return ntohs(address.sin_port);
}

/* ---- The fetches ----------------------------------------------------------------------------------------------------
 */

static paitify_http_keys *make_keys(const char *url)
{
    paitify_http_keys *keys = NULL;
    paitify_http_keys_options options;
    paitify_http_keys_options_init(&options, sizeof options);
    options.url = bytes_of(url);
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_new(&options, &keys, NULL));
    return keys;
}

static void check_failure(paitify_http_keys *keys, int32_t status)
{
    paitify_http_info info = {.struct_size = sizeof info};
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_info(keys, &info));
    if (status == PAITIFY_OK) return; /* libcurl can do without some */
    CHECK(status == PAITIFY_E_NO_MEMORY || status == PAITIFY_E_IO || status == PAITIFY_E_JWKS);
    CHECK(info.outcome >= PAITIFY_HTTP_UNREACHABLE);
}

static void fail_each(paitify_http_keys *keys)
{
    long number, failed = 0;
    for (number = 1, allocations = 1; number <= allocations + 1 && number < 5000; number++) {
        allocations = 0;
        failing_at = number;
        const int32_t status = paitify_http_keys_refresh(keys, NULL);
        failing_at = 0;
        if (number > allocations) CHECK_STATUS(PAITIFY_OK, status);
        if (status != PAITIFY_OK) failed++;
        check_failure(keys, status);
    }
    CHECK(number > 50 && failed > 20);
    printf("http: %ld allocations of libcurl, %ld of them it cannot do without\n", number - 2, failed);
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_refresh(keys, NULL));
}

static void fail_all(paitify_http_keys *keys, int in_the_midst)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    empties = in_the_midst;
    is_empty = !in_the_midst;
    const int32_t status = paitify_http_keys_refresh(keys, &error);
    is_empty = 0;
    empties = 0;
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, status);
    CHECK(error.message[0] != 0);
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_refresh(keys, NULL));
}

static void make_without(const char *url)
{
    paitify_http_keys *keys = NULL;
    paitify_http_keys_options options;
    paitify_http_keys_options_init(&options, sizeof options);
    options.url = bytes_of(url);
    is_empty = 1;
    const int32_t status = paitify_http_keys_new(&options, &keys, NULL);
    is_empty = 0;
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, status);
    CHECK(keys == NULL);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    json_t *vectors = read_vectors(arguments[1], "tokens.json");
    char *jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT), url[64];
    answer_length = (size_t)snprintf(answer, sizeof answer,
                                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"v1\"\r\n"
                                     "Cache-Control: max-age=300\r\nContent-Length: %zu\r\n\r\n%s",
                                     strlen(jwks), jwks);
    int listener;
    pthread_t server;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/jwks.json", listen_somewhere(&listener));
    CHECK(pthread_create(&server, NULL, serve, &listener) == 0);

    int64_t now = json_integer_value(json_object_get(vectors, "now"));
    paitify_verifier *verifier = make_verifier(json_object_get(vectors, "options"), 0, &now);
    make_without(url);
    paitify_http_keys *keys = make_keys(url);
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_attach(keys, verifier, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_http_keys_refresh(keys, NULL));
    fail_each(keys);
    fail_all(keys, 0);
    fail_all(keys, 1);

    paitify_verifier_release(verifier);
    paitify_http_keys_free(keys);
    shutdown(listener, SHUT_RDWR);
    pthread_join(server, NULL);
    close(listener);
    free(jwks);
    json_decref(vectors);
    return report("http");
}
