/*
 * Key files: a document as in the target jwks, in a file with some time of change.
 *
 * What was loaded can be saved, and what was saved can be loaded, into the same keys. What was refused leaves the keys
 * before it serving.
 */
#define _GNU_SOURCE
#include "documents.h"
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/paitify-fuzz-XXXXXX", saved[sizeof folder + 8], loaded[64];
static int file;
static paitify_result *result;
static paitify_bytes tokens[ALGORITHMS];

static void remove_folder(void)
{
    (void)unlink(saved);
    (void)rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count, (void)arguments;
    signing_begin();
    for (int i = 0; i < ALGORITHMS; i++) tokens[i] = sign_payload((algorithm)i, bytes_of("any"));
    result = new_result();
    REQUIRE(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    snprintf(saved, sizeof saved, "%s/keys", folder);
    file = memfd_create("keys", 0);
    REQUIRE(file >= 0);
    snprintf(loaded, sizeof loaded, "/proc/self/fd/%d", file);
    return 0;
}

static void write_file(paitify_bytes document, int64_t changed_at)
{
    REQUIRE(ftruncate(file, 0) == 0);
    REQUIRE(pwrite(file, document.data, document.length, 0) == (ssize_t)document.length);
    const struct timespec times[2] = {{.tv_sec = 0}, {.tv_sec = changed_at}};
    REQUIRE(futimens(file, times) == 0);
}

static int32_t load(paitify_verifier *verifier, const char *path)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    queue_begin();
    const int32_t status = paitify_load_jwks_file(verifier, path, &error);
    queue_require_untouched();
    require_told(status, &error);
    return status;
}

/* How each of the tokens verifies. */
static void verify(paitify_verifier *verifier, int32_t statuses[ALGORITHMS])
{
    for (int i = 0; i < ALGORITHMS; i++) {
        statuses[i] = paitify_verify_jws(verifier, tokens[i], result);
        require_known(statuses[i]);
        if (statuses[i] != PAITIFY_OK) require_empty(result);
    }
}

static void save_and_load(paitify_verifier *verifier, const paitify_options *options,
                          const int32_t verified[ALGORITHMS])
{
    int32_t again[ALGORITHMS];
    paitify_error error = PAITIFY_ERROR_INIT;
    queue_begin();
    const int32_t status = paitify_save_jwks_file(verifier, saved, &error);
    queue_require_untouched();
    require_told(status, &error);
    REQUIRE(status == PAITIFY_OK);
    paitify_verifier *other = new_verifier(options);
    REQUIRE(load(other, saved) == PAITIFY_OK);
    verify(other, again);
    REQUIRE(memcmp(again, verified, sizeof again) == 0);
    paitify_verifier_release(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const int64_t changes[] = {NOW, 0, INT64_C(1) << 33, NOW - 86401};
    input from = {bytes, count};
    const uint8_t choices = take_byte(&from);
    const paitify_bytes document = expand(take_rest(&from));
    paitify_options options = usual_options();
    if (choices >> 2 & 1) options.now = NULL; /* the system's clock, so the file's time counts */
    if (choices >> 3 & 1) options.keys_max_stale_s = UINT32_MAX;
    paitify_verifier *verifier = new_verifier(&options);
    int32_t before[ALGORITHMS], after[ALGORITHMS];
    if (choices >> 4 & 1) {
        REQUIRE(paitify_install_jwks(verifier, bytes_of(key_set()), 0, NULL) == PAITIFY_OK);
    }
    verify(verifier, before);

    write_file(document, changes[choices & 3]);
    const int32_t status = load(verifier, loaded);
    REQUIRE(status == PAITIFY_OK || status == PAITIFY_E_JWKS || status == PAITIFY_E_WEAK_KEY ||
            status == PAITIFY_E_ROLLBACK);
    verify(verifier, after);
    if (status == PAITIFY_OK) {
        for (int i = 0; i < ALGORITHMS; i++) {
            if (after[i] == PAITIFY_OK) require_key(document, (algorithm)i);
        }
        save_and_load(verifier, &options, after);
    } else {
        REQUIRE(memcmp(before, after, sizeof after) == 0);
    }
    paitify_verifier_release(verifier);
    free((void *)(uintptr_t)document.data);
    return 0;
}
