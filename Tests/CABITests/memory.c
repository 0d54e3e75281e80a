/* No memory left: every call says so, nothing crashes, and all is well once there is some again. usage: memory FOLDER */
#define _DEFAULT_SOURCE
#include "vectors.h"
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct block {
    struct block *next;
} block;

/* Takes all the memory there is, in ever smaller pieces. */
static block *exhaust(void)
{
    block *blocks = NULL;
    for (size_t size = (size_t)1 << 24; size >= sizeof(block); size /= 2) {
        for (block *next = malloc(size); next != NULL; next = malloc(size)) {
            next->next = blocks;
            blocks = next;
        }
    }
    return blocks;
}

static void give_back(block *blocks)
{
    while (blocks != NULL) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

typedef struct {
    paitify_verifier *verifier;
    paitify_result *result;
    paitify_bytes token, jwks;
    paitify_charge charge;
    int64_t now;
} work;

static int32_t verify(const work *todo)
{
    return paitify_verify(todo->verifier, todo->token, &todo->charge, todo->result);
}

static int32_t install(const work *todo)
{
    return paitify_install_jwks(todo->verifier, todo->jwks, todo->now, NULL);
}

/* Makes the call in a child that has `left` bytes of memory: it must succeed or say that there is too little. Returns
 * whether it succeeded. */
static int succeeds_with(size_t left, int32_t (*call)(const work *), const work *todo)
{
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {64u << 20, 64u << 20};
        if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(100);
        (void)mallopt(M_MMAP_THRESHOLD, 1 << 30); /* one heap, so that what is given back below is what can be had */
        (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
        void *volatile kept = malloc(left + 1); /* volatile: the compiler would see a block that nobody uses */
        (void)exhaust();
        free(kept);
        const int32_t status = call(todo);
        _exit(status == PAITIFY_OK ? 1 : status == PAITIFY_E_NO_MEMORY ? 2 : 3);
    }
    int outcome = -1;
    CHECK(child > 0 && waitpid(child, &outcome, 0) == child);
    const int code = WIFEXITED(outcome) ? WEXITSTATUS(outcome) : -WTERMSIG(outcome);
    checks_made++;
    if (code != 1 && code != 2) {
        checks_failed++;
        fprintf(stderr, "%s with %zu bytes left: exit code or signal %d\n", call == verify ? "verify" : "install", left,
                code);
    }
    return code == 1;
}

/* Ever more memory, from none to enough. */
static void sweep(const work *todo)
{
    int verified = 0, installed = 0;
    for (size_t left = 0; left < 60000; left += 199) verified += succeeds_with(left, verify, todo);
    for (size_t left = 60000; left < 400000; left += 4999) verified += succeeds_with(left, verify, todo);
    for (size_t left = 0; left < 60000; left += 997) installed += succeeds_with(left, install, todo);
    for (size_t left = 1000000; left < 4000000; left += 19997) installed += succeeds_with(left, install, todo);
    CHECK(verified > 0 && installed > 0);
    printf("memory: %d verifications and %d installations had enough\n", verified, installed);
}

int main(int count, char **arguments)
{
    if (count != 2) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    const paitify_bytes token = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    const paitify_charge charge = charge_of(json_object_get(file, "charge"));
    paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now), *other = verifier;
    paitify_result *result = NULL, *another = NULL;
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));

    const work todo = {verifier, result, token, bytes_of(jwks), charge, now};
    sweep(&todo); /* before this process's first verification: OpenSSL takes the most at a key's first use */

    const struct rlimit limit = {256u << 20, 256u << 20};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    block *all = exhaust();
    CHECK(all != NULL);
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t verified = paitify_verify(verifier, token, &charge, result);
    const int32_t installed = paitify_install_jwks(verifier, bytes_of(jwks), now, &error);
    const int32_t made = paitify_verifier_new(&options, &other, NULL);
    const int32_t made_result = paitify_result_new(&another);
    const int32_t saved = paitify_save_jwks_file(verifier, "/nonexistent/file", NULL);
    const int32_t loaded = paitify_load_jwks_file(verifier, "/nonexistent/file", NULL);
    give_back(all);

    CHECK_STATUS(PAITIFY_E_NO_MEMORY, verified);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, installed);
    CHECK(error.status == PAITIFY_E_NO_MEMORY && strcmp(error.message, "Memory ran out.") == 0);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, made);
    CHECK(other == NULL);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, made_result);
    CHECK(another == NULL);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, saved);
    CHECK_STATUS(PAITIFY_E_NO_MEMORY, loaded);
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, token, &charge, result));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));

    paitify_result_free(result);
    paitify_verifier_release(verifier);
    free(jwks);
    json_decref(file);
    return report("memory");
}
