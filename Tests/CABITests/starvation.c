/*
 * Each allocation of each call fails in turn, alone or with all that follow: those of this library, of OpenSSL, of
 * jansson and of the C library, for malloc is replaced here. usage: starvation FOLDER
 *
 * A verification says that memory ran out, or does without; it never ends the process, nor says of a token what is
 * not so (but for Ed25519, see below), and the next one is none the worse. The calls that make, install, load and
 * save allocate in Swift too, which ends the process where a block is refused, and jansson does it by an assertion:
 * these are made in a child. There, what was installed before serves on unless the call succeeded, and a set is
 * installed whole or not at all. That those calls ask beforehand whether there is enough, so that memory that was
 * gone before the call is always reported, is what memory.c shows.
 */
#define _GNU_SOURCE
#include "starving.h"
#include "vectors.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- What is called ---------------------------------------------------------------------------------------------- */

static json_t *vectors;
static int64_t now;
static char *jwks;
static paitify_charge charge;
static paitify_bytes good;
static paitify_verifier *verifier, *fresh;
static paitify_result *result;
static char keys_file[] = "/tmp/paitify-starvation-XXXXXX";

static int32_t make_verifier_again(void)
{
    static const paitify_bytes audiences[] = {PAITIFY_BYTES_INIT("paitify:processor"),
                                              PAITIFY_BYTES_INIT("a longer name than fits into a word")};
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = audiences;
    options.audience_count = 2;
    paitify_verifier *made = NULL;
    const int32_t status = paitify_verifier_new(&options, &made, NULL);
    CHECK((made != NULL) == (status == PAITIFY_OK));
    paitify_verifier_release(made);
    return status;
}

static int32_t make_result(void)
{
    paitify_result *made = NULL;
    const int32_t status = paitify_result_new(&made);
    CHECK((made != NULL) == (status == PAITIFY_OK));
    paitify_result_free(made);
    return status;
}

static int32_t install_first(void) { return paitify_install_jwks(fresh, bytes_of(jwks), now, NULL); }
static int32_t install_again(void) { return paitify_install_jwks(verifier, bytes_of(jwks), now, NULL); }
static int32_t save(void) { return paitify_save_jwks_file(verifier, keys_file, NULL); }
static int32_t load(void) { return paitify_load_jwks_file(verifier, keys_file, NULL); }

static int32_t install_bad(void)
{
    paitify_error error = PAITIFY_ERROR_INIT;
    const int32_t status = paitify_install_jwks(verifier, bytes_of("{\"keys\":[{\"kid\":\"a\"},{\"kid\":\"a\"}]}"),
                                                now, &error);
    CHECK(error.status == status);
    return status == PAITIFY_E_JWKS ? PAITIFY_OK : status;
}

/* ---- In a child -------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    int32_t (*call)(void);
} row;

/* Where Swift writes to the block that was refused, near address 0, that ends the process as a trap does. */
static void segment_fault(int number, siginfo_t *about, void *unused)
{
    (void)unused;
    if ((uintptr_t)about->si_addr >= 4096) _exit(9);
    signal(number, SIG_DFL);
    raise(SIGILL);
}

static int run_child(const row *of, long from)
{
    struct sigaction action = {0};
    action.sa_sigaction = segment_fault;
    action.sa_flags = SA_SIGINFO;
    if (sigaction(SIGSEGV, &action, NULL) != 0) return 8;
    checks_failed = 0;
    starve(from);
    const int32_t status = of->call();
    feed();
    const int is_unable = status == PAITIFY_E_NO_MEMORY || status == PAITIFY_E_INTERNAL || status == PAITIFY_E_IO;
    if (status != PAITIFY_OK && !is_unable) return 3;
    /* Whatever became of the call, what was there before still serves, and the call can be made again. */
    if (paitify_verify(verifier, good, &charge, result) != PAITIFY_OK) return 4;
    if (of->call == install_first && status != PAITIFY_OK) {
        if (paitify_verify(fresh, good, &charge, result) != PAITIFY_E_NO_KEYS) return 5;
    }
    if (of->call() != PAITIFY_OK) return 6;
    return checks_failed > 0 ? 7 : status == PAITIFY_OK ? 0 : 1;
}

/* How many allocations the call makes, the first time. */
static long count_in_child(const row *of)
{
    int ends[2];
    long count = 0;
    CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        starve(0);
        (void)of->call();
        feed();
        _exit(write(ends[1], &allocations, sizeof allocations) == sizeof allocations ? 0 : 1);
    }
    CHECK(child > 0 && waitpid(child, NULL, 0) == child);
    CHECK(read(ends[0], &count, sizeof count) == sizeof count && count > 0);
    close(ends[0]);
    close(ends[1]);
    return count;
}

static void starve_in_children(const row *of)
{
    int without = 0, reported = 0, ended = 0;
    const long count = count_in_child(of);
    for (failing_on = 0; failing_on < 2; failing_on++) {
        for (long from = 1; from <= count; from++) {
            const pid_t child = fork();
            if (child == 0) _exit(run_child(of, from));
            int outcome = -1;
            CHECK(child > 0 && waitpid(child, &outcome, 0) == child);
            const int signal = WIFSIGNALED(outcome) ? WTERMSIG(outcome) : 0;
            without += WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0;
            reported += WIFEXITED(outcome) && WEXITSTATUS(outcome) == 1;
            ended += signal != 0;
            checks_made++;
            /* Swift ends a process by an illegal instruction, an assertion aborts it; anything else is a stray
             * access. */
            if (signal == SIGILL || signal == SIGTRAP || signal == SIGABRT) continue;
            if (WIFEXITED(outcome) && WEXITSTATUS(outcome) <= 1) continue;
            checks_failed++;
            fprintf(stderr, "%s without allocation %ld: exit code %d, signal %d\n", of->name, from,
                    WEXITSTATUS(outcome), signal);
        }
    }
    printf("starvation: %s: %ld allocations; done without %d times, reported %d times, ended %d times\n", of->name,
           count, without,
           reported, ended);
    CHECK(reported > 0);
}

/* ---- Here -------------------------------------------------------------------------------------------------------- */

static int32_t verify_in(int way, paitify_verifier *with, paitify_bytes token)
{
    switch (way) {
    case 0: return paitify_verify(with, token, &charge, result);
    case 1: return paitify_verify_token_only(with, token, result);
    default: return paitify_verify_jws(with, token, result);
    }
}

/* OpenSSL 3 answers a failed allocation in Ed25519 as it does a wrong signature. If one fails alone, there is memory
 * again when the verifier looks. */
static int is_ed25519(paitify_bytes token)
{
    static const char beginning[] = "eyJhbGciOiJFZ"; /* {"alg":"Ed */
    return token.length > sizeof beginning && memcmp(token.data, beginning, sizeof beginning - 1) == 0;
}

/* A token, in each of the ways to verify it, with a result that was used before or is new. */
static long starve_token(paitify_verifier *with, paitify_bytes token)
{
    long most = 0;
    for (int way = 0; way < 6; way++) {
        const int32_t expected = verify_in(way % 3, with, token);
        for (failing_on = 0; failing_on < 2; failing_on++) {
            for (long from = 1, all = 1; from <= all + 1; from++) {
                if (way >= 3) {
                    paitify_result_free(result);
                    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
                }
                starve(from);
                const int32_t status = verify_in(way % 3, with, token);
                feed();
                if (allocations > all) all = allocations;
                checks_made++;
                const int is_excused = status == PAITIFY_E_SIGNATURE && failing_on == 0 && is_ed25519(token);
                const int is_starved = from <= allocations && (status == PAITIFY_E_NO_MEMORY || is_excused);
                const int is_allowed = status == expected || is_starved;
                if (!is_allowed) {
                    checks_failed++;
                    fprintf(stderr, "%.40s: %s, not %s, without allocation %ld\n", (const char *)token.data,
                            paitify_status_name(status),
                            paitify_status_name(expected), from);
                }
                CHECK((paitify_result_payload(result).length > 0) <= (status == PAITIFY_OK));
            }
            CHECK_STATUS(expected, verify_in(way % 3, with, token));
            if (allocations > most) most = allocations;
        }
    }
    return most;
}

/* Every token of a file, by a verifier with the file's options and keys. */
static void starve_tokens(const char *folder, const char *name)
{
    json_t *file = read_vectors(folder, name);
    char *keys = json_dumps(json_object_get(file, "jwks"), JSON_COMPACT);
    paitify_verifier *with = make_verifier(json_object_get(file, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(with, bytes_of(keys), now, NULL));
    long most = 0;
    size_t index;
    json_t *of;
    json_array_foreach(json_object_get(file, "cases"), index, of)
    {
        const long allocated = starve_token(with, string_of(of, "token"));
        if (allocated > most) most = allocated;
    }
    printf("starvation: %s: %zu tokens, at most %ld allocations each\n", name, index, most);
    CHECK(most > 0);
    paitify_verifier_release(with);
    free(keys);
    json_decref(file);
}

/* The token of each key set: many are of keys that are left out. */
static void starve_key_sets(const char *folder)
{
    json_t *file = read_vectors(folder, "key-sets.json");
    size_t index;
    json_t *of;
    json_array_foreach(json_object_get(file, "cases"), index, of)
    {
        if (json_object_get(of, "token") == NULL) continue;
        paitify_verifier *with = make_own_verifier(json_object_get(file, "options"), json_object_get(of, "options"),
                                                   &now);
        (void)paitify_install_jwks(with, string_of(of, "document"), now, NULL);
        (void)starve_token(with, string_of(of, "token"));
        paitify_verifier_release(with);
    }
    CHECK(index > 0);
    json_decref(file);
}

/* ---- With callbacks ---------------------------------------------------------------------------------------------- */

static int claims, decisions;
static int32_t decided;

static int32_t claim(void *context, paitify_bytes issuer, paitify_bytes jti, int64_t expires_at,
                     paitify_bytes transaction_id)
{
    (void)context, (void)issuer, (void)jti, (void)expires_at, (void)transaction_id;
    claims++;
    return PAITIFY_REPLAY_FIRST;
}

static void audit(void *context, const paitify_decision *decision)
{
    (void)context;
    decisions++;
    decided = decision->status;
}

static void wanted(void *context, paitify_bytes kid) { (void)context, (void)kid; }

/* Whatever fails: what a guard and an audit were told is what the call returns, and no charge is permitted untold. */
static void starve_callbacks(void)
{
    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = bytes_of("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.keys_cooldown_s = 0;
    options.context = &now;
    options.now = time_at;
    options.replay_claim = claim;
    options.audit = audit;
    options.keys_wanted = wanted;
    paitify_verifier *with = NULL;
    CHECK_STATUS(PAITIFY_OK, paitify_verifier_new(&options, &with, NULL));
    for (int round = 0; round < 2; round++) { /* before there are keys, and then */
        const int32_t expected = round == 0 ? PAITIFY_E_NO_KEYS : PAITIFY_OK;
        for (failing_on = 0; failing_on < 2; failing_on++) {
            for (long from = 1, all = 1; from <= all + 1; from++) {
                claims = decisions = 0;
                starve(from);
                const int32_t status = paitify_verify(with, good, &charge, result);
                feed();
                if (allocations > all) all = allocations;
                CHECK(status == expected || (status == PAITIFY_E_NO_MEMORY && from <= allocations));
                CHECK(decisions <= 1 && (decisions == 0 || decided == status));
                CHECK(claims == (status == PAITIFY_OK) && (decisions == 1) >= (status == PAITIFY_OK));
            }
        }
        CHECK_STATUS(PAITIFY_OK, paitify_install_jwks(with, bytes_of(jwks), now, NULL));
    }
    paitify_verifier_release(with);
}

/* What only looks, or gives up, needs no memory at all. */
static void starve_lookers(void)
{
    paitify_bytes text;
    int64_t number;
    paitify_health_info info;
    CHECK_STATUS(PAITIFY_OK, paitify_verify(verifier, good, &charge, result));
    starve(1);
    failing_on = 1;
    paitify_health_info_init(&info, sizeof info);
    CHECK_STATUS(PAITIFY_OK, paitify_health(verifier, &info));
    CHECK(paitify_refresh_due_in_ms(verifier) >= 0);
    paitify_refresh_failed(verifier);
    CHECK(paitify_result_payload(result).length > 0 && paitify_result_key_id(result).length > 0);
    CHECK(paitify_result_max_amount(result) > 0 && paitify_result_agent_id(result).length > 0);
    CHECK_STATUS(PAITIFY_OK, paitify_result_claim_string(result, "iss", &text));
    CHECK_STATUS(PAITIFY_OK, paitify_result_claim_int64(result, "exp", &number));
    CHECK(strlen(paitify_status_message(PAITIFY_E_NO_MEMORY)) > 0);
    paitify_result_reset(result);
    paitify_verifier_release(paitify_verifier_retain(verifier));
    feed();
    CHECK(allocations == 0);
}

int main(int count, char **arguments)
{
    const int made = mkstemp(keys_file);
    if (count != 2 || made < 0 || close(made) != 0) return EXIT_FAILURE;
    vectors = read_vectors(arguments[1], "tokens.json");
    now = json_integer_value(json_object_get(vectors, "now"));
    jwks = json_dumps(json_object_get(vectors, "jwks"), JSON_COMPACT);
    charge = charge_of(json_object_get(vectors, "charge"));
    good = string_of(json_array_get(json_object_get(vectors, "cases"), 0), "token");
    verifier = make_verifier(json_object_get(vectors, "options"), 0, &now);
    fresh = make_verifier(json_object_get(vectors, "options"), 0, &now);
    CHECK_STATUS(PAITIFY_OK, paitify_result_new(&result));
    CHECK_STATUS(PAITIFY_OK, install_again());
    CHECK_STATUS(PAITIFY_OK, save());

    static const row rows[] = {
        {"paitify_verifier_new", make_verifier_again},
        {"paitify_result_new", make_result},
        {"paitify_install_jwks, the first", install_first},
        {"paitify_install_jwks", install_again},
        {"paitify_install_jwks, refused", install_bad},
        {"paitify_save_jwks_file", save},
        {"paitify_load_jwks_file", load},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) starve_in_children(&rows[i]);

    starve_lookers();
    starve_callbacks();
    starve_tokens(arguments[1], "tokens.json");
    starve_tokens(arguments[1], "algorithms.json");
    starve_key_sets(arguments[1]);

    CHECK(unlink(keys_file) == 0);
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    paitify_verifier_release(fresh);
    free(jwks);
    json_decref(vectors);
    return report("starvation");
}
