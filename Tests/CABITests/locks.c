/* A verification takes no lock under which anybody writes, even where it has to make a context: else a forked child could
 * wait for ever for a thread that it has not. This program stands in for the C library's locks, and counts. usage:
 * locks FOLDER */
#define _GNU_SOURCE
#include "vectors.h"
#include <dlfcn.h>
#include <openssl/err.h>
#include <pthread.h>

static int mutexes, read_locks, write_locks;

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that the bits are the same. */
#define STAND_IN(function, type, counter)                                                                              \
    int function(type *lock)                                                                                           \
    {                                                                                                                  \
        static int (*next)(type *);                                                                                    \
        if (next == NULL) {                                                                                            \
            void *address = dlsym(RTLD_NEXT, #function);                                                               \
            memcpy(&next, &address, sizeof next);                                                                      \
        }                                                                                                              \
        counter++;                                                                                                     \
        return next(lock);                                                                                             \
    }
STAND_IN(pthread_mutex_lock, pthread_mutex_t, mutexes)
STAND_IN(pthread_rwlock_rdlock, pthread_rwlock_t, read_locks)
STAND_IN(pthread_rwlock_wrlock, pthread_rwlock_t, write_locks)

typedef struct {
    paitify_verifier *verifier;
    paitify_bytes token;
    paitify_charge charge;
    int read_locks_max; /* of three verifications */
} work;

/* Each new thread finds another place for contexts, mostly an empty one. */
static void *verify_uncontended(void *given)
{
    const work *todo = given;
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    ERR_clear_error(); /* OpenSSL gets to know the thread, which it does under a lock */
    mutexes = read_locks = write_locks = 0;
    for (int round = 0; round < 3; round++) {
        CHECK_STATUS(PAITIFY_OK, paitify_verify(todo->verifier, todo->token, &todo->charge, result));
    }
    printf("locks: %d mutexes, %d read locks, %d write locks\n", mutexes, read_locks, write_locks);
    CHECK(mutexes == 0 && write_locks == 0);
    CHECK(read_locks <= todo->read_locks_max);
    paitify_result_free(result);
    return NULL;
}

/* How often OpenSSL 3.0 reads under a lock in one verification: once what it keeps with an RSA key, which was written while
 * that was installed; for Ed25519, what it knows of SHA-512, which it looks up each time. */
static int read_locks_of(const char *algorithm)
{
    return strncmp(algorithm, "Ed", 2) == 0 ? 8 : strcmp(algorithm, "ES256") == 0 ? 0 : 1;
}

int main(int count, char **arguments)
{
    static const char signed_with[] = "an approved charge, signed with ";
    if (count != 2) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "algorithms.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    work todo = {make_verifier(json_object_get(file, "options"), 0, &now), {NULL, 0},
                 charge_of(json_object_get(file, "charge")), 0};
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(todo.verifier, bytes_of(jwks), now, NULL));
    const json_t *row;
    size_t index;
    int algorithms = 0;
    json_array_foreach(json_object_get(file, "cases"), index, row) {
        if (strncmp(text_of(row, "name"), signed_with, sizeof signed_with - 1) != 0) continue;
        algorithms++;
        const char *algorithm = text_of(row, "name") + sizeof signed_with - 1;
        todo.token = string_of(row, "token");
        todo.read_locks_max = 3 * read_locks_of(algorithm);
        for (int i = 0; i < 4; i++) {
            printf("%s: ", algorithm);
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, verify_uncontended, &todo) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
        }
    }
    CHECK(algorithms >= 4);
    paitify_verifier_release(todo.verifier);
    free(jwks);
    json_decref(file);
    return report("locks");
}
