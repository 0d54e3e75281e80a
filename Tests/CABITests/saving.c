/* What a file of keys says of its age, what is saved in it, and who may read it. usage: saving FOLDER */
#define _POSIX_C_SOURCE 200809L
#include "folder.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void set_changed(const char *name, int64_t at)
{
    const struct timespec times[2] = {{(time_t)at, 0}, {(time_t)at, 0}};
    CHECK(utimensat(AT_FDCWD, in_folder(name), times, 0) == 0);
}

/* The document with another member first. */
static void write_with(const char *name, const char *member, const char *jwks)
{
    char *text = malloc(strlen(jwks) + 200);
    CHECK(text != NULL);
    if (text == NULL) return;
    sprintf(text, "{%s,%s", member, jwks + 1);
    write_file(name, text);
    free(text);
}

/* What a file says of its age is not believed where it is to come, or keys would never age. */
static void times_to_come(const json_t *file, const char *jwks, paitify_result *result)
{
    const paitify_bytes token = string_of(json_array_get(json_object_get(file, "cases"), 0), "token");
    const int64_t real_now = (int64_t)time(NULL);
    int64_t now = real_now;
    paitify_error error = PAITIFY_ERROR_INIT;
    char member[100];
    sprintf(member, "\"paitify_fetched_at\":%lld", (long long)real_now + 1000);
    write_with("keys.json", member, jwks);

    /* The system's clock: the file's own time serves. The token is of another time; what matters is how old keys are. */
    paitify_options options;
    const paitify_bytes audience = PAITIFY_BYTES_INIT("paitify:processor");
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    paitify_verifier *verifier = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &verifier, NULL));
    set_changed("keys.json", real_now - 100000);
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK_STATUS(PAITIFY_E_KEYS_STALE, paitify_verify_token_only(verifier, token, result));
    set_changed("keys.json", real_now - 100);
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK_STATUS(PAITIFY_E_EXPIRED, paitify_verify_token_only(verifier, token, result));
    set_changed("keys.json", real_now + 5000);
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK(strstr(error.message, "future") != NULL);
    write_file("keys.json", jwks);
    set_changed("keys.json", real_now + 5000);
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    paitify_verifier_release(verifier);

    /* A clock of the host's own cannot be compared with the file's time. Within the leeway, 30 s, clocks may differ. */
    verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    sprintf(member, "\"paitify_fetched_at\":%lld", (long long)now + 31);
    write_with("keys.json", member, jwks);
    CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    CHECK(strstr(error.message, "future") != NULL);
    sprintf(member, "\"paitify_fetched_at\":%lld", (long long)now + 30);
    write_with("keys.json", member, jwks);
    CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
    static const char *const no_times[] = {"\"paitify_fetched_at\":-5", "\"paitify_fetched_at\":1.5",
                                           "\"paitify_fetched_at\":\"1\"", "\"paitify_fetched_at\":null",
                                           "\"paitify_fetched\\u005fat\":1"};
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++) {
        write_with("keys.json", no_times[i], jwks);
        CHECK_STATUS(PAITIFY_E_JWKS, paitify_load_jwks_file(verifier, in_folder("keys.json"), &error));
        CHECK(strstr(error.message, "paitify_fetched_at") != NULL);
    }
    paitify_verifier_release(verifier);
    CHECK(unlink(in_folder("keys.json")) == 0);
}

/* What is installed is saved to the letter, and what is saved can be loaded: however long, wherever an older time is. */
static void saved_to_the_letter(const json_t *file, const char *jwks)
{
    static const char *const extras[] = {
        "\"x\":[0.1,1E5,1e-7,123456789012345678901234567890.5]",
        " \"paitify_fetched_at\" : 17 ",
        "\"x\":{\"paitify_fetched_at\":5,\"y\":\"paitify_fetched_at\",\"z\":\"a\\\"},{\"},\"paitify_fetched_at\":17",
    };
    const int64_t start = json_integer_value(json_object_get(file, "now"));
    char *text = malloc(70000), *read = malloc(70000);
    CHECK(text != NULL && read != NULL);
    for (size_t i = 0; i < 2 * sizeof extras / sizeof *extras; i++) {
        int64_t now = start;
        paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
        if (i % 2 == 0) {
            sprintf(text, "{%s,%s", extras[i / 2], jwks + 1);
        } else {
            sprintf(text, "%.*s,%s}", (int)strlen(jwks) - 1, jwks, extras[i / 2]);
        }
        const size_t length = strlen(text);
        memset(text + length, ' ', 65536 - length); /* as long as a document may be */
        text[65536] = 0;
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(text), start - 10, NULL));
        for (int again = 0; again < 3; again++) {
            CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("long.json"), NULL));
            json_t *saved = json_load_file(in_folder("long.json"), JSON_REJECT_DUPLICATES, NULL);
            CHECK(json_integer_value(json_object_get(saved, "paitify_fetched_at")) == start - 10);
            json_decref(saved);
            CHECK_STATUS(PAITIFY_OK, paitify_load_jwks_file(verifier, in_folder("long.json"), NULL));
        }
        if (i < 2) { /* nothing to take out: the same but for the member */
            FILE *opened = fopen(in_folder("long.json"), "rb");
            const size_t got = fread(read, 1, 70000, opened);
            fclose(opened);
            CHECK(got > 65536 && memcmp(read + got - 65535, text + 1, 65535) == 0);
        }
        paitify_verifier_release(verifier);
    }
    free(text);
    free(read);
    CHECK(unlink(in_folder("long.json")) == 0);
}

/* Who may read a saved file is the host's to say; a link is replaced, and what it led to stays as it was. */
static void modes(paitify_verifier *verifier)
{
    struct stat about;
    char target[256];
    const mode_t before = umask(027);
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("mode.json"), NULL));
    CHECK(stat(in_folder("mode.json"), &about) == 0 && (about.st_mode & 07777) == 0640);
    CHECK(chmod(in_folder("mode.json"), 0604) == 0);
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("mode.json"), NULL));
    CHECK(stat(in_folder("mode.json"), &about) == 0 && (about.st_mode & 07777) == 0604);
    umask(before);
    write_file("target.json", "x");
    strcpy(target, in_folder("target.json"));
    CHECK(unlink(in_folder("mode.json")) == 0 && symlink(target, in_folder("mode.json")) == 0);
    CHECK_STATUS(PAITIFY_OK, paitify_save_jwks_file(verifier, in_folder("mode.json"), NULL));
    CHECK(lstat(in_folder("mode.json"), &about) == 0 && S_ISREG(about.st_mode));
    CHECK(stat(target, &about) == 0 && about.st_size == 1);
    CHECK(unlink(target) == 0 && unlink(in_folder("mode.json")) == 0);
}

int main(int count, char **arguments)
{
    if (count != 2 || mkdtemp(folder) == NULL) return EXIT_FAILURE;
    json_t *file = read_vectors(arguments[1], "tokens.json");
    int64_t now = json_integer_value(json_object_get(file, "now"));
    char *jwks = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_result *result = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    paitify_verifier *verifier = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(verifier, bytes_of(jwks), now, NULL));

    times_to_come(file, jwks, result);
    saved_to_the_letter(file, jwks);
    modes(verifier);

    CHECK(rmdir(folder) == 0);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    free(jwks);
    json_decref(file);
    return report("saving");
}
