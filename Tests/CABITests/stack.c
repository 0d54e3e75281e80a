/* How deep each call reaches into a thread's stack: never deeper than what the documents promise a thread needs.
 * usage: stack FOLDER
 *
 * The thread's stack is memory of ours, painted before it starts; what is no longer painted afterwards was used. */
#define _POSIX_C_SOURCE 200809L
#include "vectors.h"
#include <pthread.h>
#include <unistd.h>

enum { STACK = 1 << 20, PROMISED = 64 << 10, PAINT = 0xA5 };

static json_t *vectors;
static char *jwks;
static paitify_verifier *verifier;
static paitify_result *result;
static paitify_charge charge;
static int64_t now;
static char keys_file[] = "/tmp/paitify-stack-XXXXXX";

static paitify_bytes token(size_t index) { return string_of(json_array_get(json_object_get(vectors, "cases"), index), "token"); }

static void *nothing(void *unused) { return unused; }

static void *make(void *unused)
{
    verifier = make_verifier(json_object_get(vectors, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    return unused;
}

static void *install(void *unused)
{
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));
    return unused;
}

/* Every token of the vectors: each check that can fail does. */
static void *verify(void *unused)
{
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token(0), &charge, result));
    for (size_t i = 0; i < json_array_size(json_object_get(vectors, "cases")); i++) {
        (void)paitify_status_name(paitify_verify(verifier, token(i), &charge, result));
    }
    return unused;
}

static void *save_and_load(void *unused)
{
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, keys_file, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, keys_file, NULL));
    return unused;
}

static void *give_up(void *unused)
{
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    return unused;
}

/* Bytes of its stack that a thread used for the body, what the C library puts there of its own included. */
static size_t used_by(void *(*body)(void *))
{
    void *memory = NULL;
    if (posix_memalign(&memory, 1 << 16, STACK) != 0) return STACK;
    uint8_t *const stack = memset(memory, PAINT, STACK);
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstack(&attributes, stack, STACK) == 0);
    CHECK(pthread_create(&thread, &attributes, body, NULL) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(pthread_attr_destroy(&attributes) == 0);
    size_t untouched = 0;
    while (untouched < STACK && stack[untouched] == PAINT) untouched++;
    free(stack);
    return STACK - untouched;
}

/* Each call with the options, the keys and the tokens of one file. */
static void measure(const char *path, const char *name)
{
    static const struct {
        const char *name;
        void *(*body)(void *);
    } calls[] = {{"make", make}, {"install", install}, {"verify", verify}, {"save and load", save_and_load}, {"give up", give_up}};
    vectors = read_vectors(path, name);
    now = json_integer_value(json_object_get(vectors, "now"));
    charge = charge_of(json_object_get(vectors, "charge"));
    jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    const size_t own = used_by(nothing);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const size_t used = used_by(calls[i].body);
        printf("stack: %s: %s: %zu bytes, and %zu are the thread's own\n", name, calls[i].name, used - own, own);
        CHECK(used > own && used <= PROMISED);
    }
    free(jwks);
    json_decref(vectors);
}

int main(int count, char **arguments)
{
    const int made = mkstemp(keys_file);
    if (count != 2 || made < 0 || close(made) != 0) return EXIT_FAILURE;
    measure(arguments[1], "tokens.json");
    measure(arguments[1], "algorithms.json");
    CHECK(unlink(keys_file) == 0);
    return report("stack");
}
