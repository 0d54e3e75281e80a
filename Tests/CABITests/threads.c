/*
 * Threads verify while others install, and a fork goes on using what it inherited.
 * usage: threads FOLDER [rounds forks verifying installing]
 *
 * Two sets take turns, and each of two tokens is signed by a key of one of them. Every answer must be one that some set
 * gives: valid, or unknown key; anything else (a wrong signature, a crash, a freed set) is a failure.
 */
#define _POSIX_C_SOURCE 200809L
#include "vectors.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static paitify_verifier *verifier;
static paitify_bytes tokens[2];
static char *sets[2];
static paitify_charge charge;
static int64_t now;
static int rounds = 400, forks = 300, verifying = 4, installing = 2;
static atomic_int wrong, valid, unknown, installers_left, forking = 1;

static void *verify_all_the_time(void *unused)
{
    (void)unused;
    paitify_result *result = NULL;
    if (paitify_result_new(&result) != PAITIFY_OK) atomic_fetch_add(&wrong, 1);
    for (int round = 0; atomic_load(&installers_left) > 0 || round < rounds; round++) {
        const int32_t status = paitify_verify(verifier, tokens[round % 2], &charge, result);
        if (status == PAITIFY_OK && paitify_result_max_amount(result) == 5000) {
            atomic_fetch_add(&valid, 1);
        } else if (status == PAITIFY_E_UNKNOWN_KEY) {
            atomic_fetch_add(&unknown, 1);
        } else {
            atomic_fetch_add(&wrong, 1);
        }
    }
    paitify_result_free(result);
    return NULL;
}

static void *install_all_the_time(void *unused)
{
    (void)unused;
    for (int round = 0; round < rounds || atomic_load(&forking) != 0; round++) {
        if (paitify_install_jwks(verifier, bytes_of(sets[round % 2]), now, NULL) != PAITIFY_OK) atomic_fetch_add(&wrong, 1);
        if (round % 16 == 0 && paitify_install_jwks(verifier, bytes_of("{\"keys\":[]}"), now, NULL) != PAITIFY_E_JWKS) {
            atomic_fetch_add(&wrong, 1);
        }
    }
    atomic_fetch_sub(&installers_left, 1);
    return NULL;
}

/* The child verifies, while the parent's threads (which it has not) were in the midst of verifying and installing. Most
 * often no context is left for it, and it has to make one. A child that waits for a lock of a thread that it has not
 * waits for ever: the alarm ends it. */
static int run_child(int installs)
{
    alarm(10);
    paitify_result *result = NULL;
    if (paitify_result_new(&result) != PAITIFY_OK) return 1;
    for (int round = 0; round < 4; round++) {
        if (installs && paitify_install_jwks(verifier, bytes_of(sets[round % 2]), now, NULL) != PAITIFY_OK) return 2;
        const int32_t status = paitify_verify(verifier, tokens[round % 2], &charge, result);
        if (status != PAITIFY_OK && (installs || status != PAITIFY_E_UNKNOWN_KEY)) return 3;
    }
    return 0;
}

static void fork_children(int number, int install)
{
    for (int i = 0; i < number; i++) {
        const pid_t child = fork();
        if (child == 0) _exit(run_child(install));
        int outcome = -1;
        CHECK(child > 0 && waitpid(child, &outcome, 0) == child);
        CHECK(WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0);
        if (!WIFEXITED(outcome)) break; /* each that hangs takes its ten seconds */
    }
}

/* A set with the one key of this index. */
static char *set_of(const json_t *file, size_t index)
{
    json_t *set = json_pack("{s:[O]}", "keys", json_array_get(json_object_get(json_object_get(file, "jwks"), "keys"), index));
    char *text = json_dumps(set, JSON_COMPACT);
    json_decref(set);
    return text;
}

static paitify_bytes token_named(const json_t *file, const char *name)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(file, "cases"), index, row)
    {
        if (strcmp(text_of(row, "name"), name) == 0) return string_of(row, "token");
    }
    fprintf(stderr, "no case is named %s\n", name);
    exit(EXIT_FAILURE);
}

int main(int count, char **arguments)
{
    if (count < 2) return EXIT_FAILURE;
    if (count > 3) {
        rounds = atoi(arguments[2]);
        forks = atoi(arguments[3]);
    }
    if (count > 5) {
        verifying = atoi(arguments[4]);
        installing = atoi(arguments[5]);
    }
    if (verifying < 1 || installing < 1 || verifying + installing > THREADS_MAX) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    now = json_integer_value(json_object_get(file, "now"));
    charge = charge_of(json_object_get(file, "charge"));
    tokens[0] = token_named(file, "an approved charge is valid");
    tokens[1] = token_named(file, "the next key, published before it signs");
    sets[0] = set_of(file, 0);
    sets[1] = set_of(file, 1);
    verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(sets[0]), now, NULL));

    pthread_t threads[THREADS_MAX];
    atomic_store(&installers_left, installing);
    for (int i = 0; i < verifying + installing; i++) {
        void *(*run)(void *) = i < verifying ? verify_all_the_time : install_all_the_time;
        CHECK(pthread_create(&threads[i], NULL, run, NULL) == 0);
    }
    fork_children(forks, 0);
    atomic_store(&forking, 0);
    for (int i = 0; i < verifying + installing; i++) pthread_join(threads[i], NULL);
    fork_children(forks > 0 ? 4 : 0, 1); /* nobody installs now, so a child may */
    CHECK(atomic_load(&wrong) == 0);
    CHECK(atomic_load(&valid) > 0);
    CHECK(atomic_load(&unknown) > 0);
    printf("threads: %d valid, %d of a key that was not installed\n", atomic_load(&valid), atomic_load(&unknown));

    paitify_verifier_release(verifier);
    free(sets[0]);
    free(sets[1]);
    json_decref(file);
    return report("threads");
}
