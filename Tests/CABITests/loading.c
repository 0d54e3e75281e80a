/* The library loaded at run time, three times over, as scripting languages do. usage: loading LIBRARY FOLDER */
#include "vectors.h"
#include <dlfcn.h>

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that the bits are the same. */
#define LOAD(library, function)                                                                                        \
    do {                                                                                                               \
        void *address = dlsym(library, "paitify_" #function);                                                          \
        CHECK(address != NULL);                                                                                        \
        memcpy(&function, &address, sizeof function);                                                                  \
    } while (0)

int main(int count, char **arguments)
{
    if (count != 3) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[2], "tokens.json");
    for (int round = 0; round < 3; round++) {
        void *library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            fprintf(stderr, "%s\n", dlerror());
            return EXIT_FAILURE;
        }
        const char *(*version)(void);
        int32_t (*result_new)(paitify_result **);
        void (*result_free)(paitify_result *);
        int32_t (*status_verdict)(int32_t);
        LOAD(library, version);
        LOAD(library, result_new);
        LOAD(library, result_free);
        LOAD(library, status_verdict);
        paitify_result *result = NULL;
        CHECK(result_new(&result) == PAITIFY_OK && result != NULL);
        CHECK(status_verdict(PAITIFY_E_SIGNATURE) == PAITIFY_REJECTED);
        CHECK(strlen(version()) > 0);
        result_free(result);
        CHECK(dlsym(library, "swift_retain") == NULL);
        CHECK(dlclose(library) == 0);
    }
    json_decref(file);
    return report("loading");
}
