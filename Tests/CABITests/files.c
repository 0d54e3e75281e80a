/* Keys on disk: saved with the time of their fetch, loaded again, and the files that cannot be. usage: files FOLDER */
#define _POSIX_C_SOURCE 200809L
#include "folder.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static int files_in_folder(void)
{
    int count = 0;
    DIR *opened = opendir(folder);
    while (readdir(opened) != NULL) count++;
    closedir(opened);
    return count - 2; /* . and .. */
}

int main(int count, char **arguments)
{
    if (count != 2 || mkdtemp(folder) == NULL) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    const int64_t start = json_integer_value(json_object_get(file, "now"));
    int64_t now = start;
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    const paitify_bytes token = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    paitify_error error = PAITIFY_ERROR_INIT;

    paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_E_NO_KEYS, paitify_save_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), start - 1000, NULL));
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("keys.json"), &error)); /* over the first */
    CHECK(files_in_folder() == 1);
    paitify_verifier_release(verifier);

    /* What was saved is a JWKS still, and knows when it was fetched. */
    json_t *saved = json_load_file(in_folder("keys.json"), 0, NULL);
    CHECK(json_array_size(json_object_get(saved, "keys")) == 3);
    CHECK(json_integer_value(json_object_get(saved, "paitify_fetched_at")) == start - 1000);
    json_decref(saved);
    verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    now = start - 1000 + 86400;
    CHECK_STATUS(PAITIFY_E_EXPIRED, paitify_verify_token_only(verifier, token, result)); /* the keys still serve */
    now++;
    CHECK_STATUS(PAITIFY_E_KEYS_STALE, paitify_verify_token_only(verifier, token, result));
    now = start;
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, token, result));

    /* Saved once more, it keeps the time: a restart does not make keys younger. */
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("again.json"), &error));
    saved = json_load_file(in_folder("again.json"), 0, NULL);
    CHECK(json_integer_value(json_object_get(saved, "paitify_fetched_at")) == start - 1000);
    json_decref(saved);

    /* Any JWKS; with a clock of the host's own it counts as fetched now. */
    write_file("plain.json", jwks);
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("plain.json"), &error));
    now = start + 86400;
    CHECK_STATUS(PAITIFY_E_EXPIRED, paitify_verify_token_only(verifier, token, result));
    now = start;

    /* What cannot be read changes nothing. */
    write_file("broken.json", "{");
    write_file("empty.json", "");
    char *large = calloc(1, 70000);
    CHECK(large != NULL);
    if (large != NULL) write_file("large.json", (const char *)memset(large, ' ', 69999));
    free(large);
    CHECK_STATUS(PAITIFY_E_IO, paitify_load_jwks_file(verifier, in_folder("absent.json"), &error));
    CHECK(strstr(error.message, "absent.json") != NULL && strstr(error.message, "No such file") != NULL);
    CHECK_STATUS(PAITIFY_E_IO, paitify_load_jwks_file(verifier, folder, &error));
    CHECK_STATUS(PAITIFY_E_IO, paitify_load_jwks_file(verifier, "", &error));
    CHECK(mkfifo(in_folder("fifo"), 0600) == 0);
    CHECK_STATUS(PAITIFY_E_IO, paitify_load_jwks_file(verifier, in_folder("fifo"), &error)); /* and does not wait */
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("broken.json"), &error));
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("empty.json"), &error));
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("large.json"), &error));
    CHECK_STATUS(PAITIFY_E_IO, paitify_save_jwks_file(verifier, in_folder("no/such/folder"), &error));
    CHECK_STATUS(PAITIFY_E_IO, paitify_save_jwks_file(verifier, folder, &error));
    CHECK(files_in_folder() == 7); /* and no temporary file is left */
    CHECK_STATUS(PAITIFY_OK, paitify_verify_token_only(verifier, token, result));

    static const char *const written[] = {"keys.json", "again.json", "plain.json", "broken.json",
                                          "empty.json", "large.json", "fifo"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++) CHECK(unlink(in_folder(written[i])) == 0);
    CHECK(rmdir(folder) == 0);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    free(jwks);
    json_decref(file);
    return report("files");
}
