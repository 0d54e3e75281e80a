/*
 * verify - what a verification costs, beside the signature check that it cannot do without.
 *
 *     verify [seconds] [RS256]                measures all, or one algorithm, each thing for so many seconds (3)
 *     verify loop RS256 [seconds] [refusal]   does one thing only, on one thread, for a profiler to look at
 *
 * The tokens are those that the issuer makes. benchmarks/bench.sh builds and runs it.
 */
#include "contest.h"
#include "floors.h"
#include "ours.h"
#include "refusals.h"
#include "require.h"
#include "rivals.h"
#include <inttypes.h>
#include <string.h>

/* What the figures below it are, as the columns of its rows. */
static void heading(const char *text, const char *ratio)
{
    printf("\n%-62s %9s %9s %9s\n", text, "a second", "CPU us", ratio);
}

static void row(const struct contest *contest, const struct contestant *contestants, size_t one, size_t floor)
{
    const spread ratio = contest_cost_ratio(contest, floor, one);
    printf("  %-60s %9.0f %9.2f %9.3f", contestants[one].name, contest_rate(contest, one).median,
           contest_cost(contest, one).median, ratio.median);
    if (one == floor) printf("\n");
    else printf("   %.3f to %.3f\n", ratio.low, ratio.high);
}

static void warn_if_busy(const struct contest *contest)
{
    if (contest_on_cpu(contest) >= 0.97) return;
    printf("  !! The machine was busy: these threads had a CPU for %.0f %% of the time. Go by ratio, not rate.\n",
           100 * contest_on_cpu(contest));
}

static void scaling(const struct contest *contest, const char *name, size_t two, size_t one)
{
    const spread by_clock = contest_rate_ratio(contest, two, one), by_cost = contest_cost_ratio(contest, one, two);
    printf("  2 threads over 1, %-42s %9.2f %9.2f\n", name, by_clock.median, 2 * by_cost.median);
}

static void compare(const struct suite *suite, paitify_verifier *verifier, double seconds)
{
    const int is_rs256 = suite->algorithm->flag == PAITIFY_ALG_RS256;
    struct verification full;
    verification_init(&full, verifier, suite);
    struct contestant all[8];
    char floor_text[64], text[96];
    size_t count = 0;
    snprintf(floor_text, sizeof floor_text, "%s alone", floor_name(suite->algorithm));
    all[count++] = floor_of(floor_text, 1, suite);
    all[count++] = ours("paitify_verify: every check, and the charge", 1, &full);
    if (is_rs256) {
        all[count++] = cjose_key_kept("cjose, key kept: signature, no claims", suite);
        all[count++] = cjose_key_imported("cjose, key imported from its JWK each time", suite);
        all[count++] = libjwt("libjwt: jwt_decode with PEM, then iss, aud, nbf, exp", suite);
    }
    const size_t alone = count;
    if (is_rs256) {
        all[count++] = floor_of(floor_text, 2, suite);
        all[count++] = ours("paitify_verify: every check, and the charge", 2, &full);
    }

    struct contest *contest = contest_run(all, count, seconds);
    snprintf(text, sizeof text, "%s (%s), token of %zu bytes, 1 thread", suite->algorithm->name, suite->algorithm->key,
             suite->tokens[0].length);
    heading(text, "of floor");
    for (size_t one = 0; one < alone; one++) row(contest, all, one, 0);
    if (is_rs256) {
        heading("The same, 2 threads", "of floor");
        for (size_t one = alone; one < count; one++) row(contest, all, one, alone);
        printf("\n%-62s %9s %9s\n", "Scaling", "by clock", "by CPU");
        scaling(contest, floor_text, alone, 0);
        scaling(contest, "paitify_verify", alone + 1, 1);
    }
    warn_if_busy(contest);
    contest_free(contest);
}

/* As much as two measurements of the same thing differ by. */
static const double same_within = 0.02;

static void compare_refusals(const struct suite *suite, paitify_verifier *verifier, double seconds)
{
    struct refusal *refusals = refusals_new(suite, verifier);
    struct token *long_tokens = long_tokens_new(suite);
    struct verification accepted, accepted_long;
    verification_init(&accepted, verifier, suite);
    verification_init(&accepted_long, verifier, suite);
    verification_take(&accepted_long, long_tokens);
    struct contestant all[2 + REFUSALS];
    all[0] = ours("accepted: the token above", 1, &accepted);
    all[1] = ours("accepted: one of 8 KiB", 1, &accepted_long);
    for (size_t kind = 0; kind < REFUSALS; kind++) {
        all[2 + kind] = ours(refusals[kind].name, 1, &refusals[kind].verification);
    }

    struct contest *contest = contest_run(all, 2 + REFUSALS, seconds);
    int dearer = 0;
    printf("\n%-34s %-25s %9s %11s %13s\n", "Refusing, beside accepting", "", "CPU us", "of accepted", "of 8 KiB's");
    for (size_t one = 0; one < 2 + REFUSALS; one++) {
        const struct refusal *kind = one < 2 ? NULL : &refusals[one - 2];
        const double ratio = contest_cost_ratio(contest, one, 0).median;
        /* What a token costs grows with its length: beside an accepted one of the same. */
        const int is_long = one == 1 || (kind != NULL && kind->is_long);
        const double ratio_of_long = contest_cost_ratio(contest, one, 1).median;
        const int is_dearer = kind != NULL && (is_long ? ratio_of_long : ratio) > 1 + same_within;
        dearer += is_dearer;
        printf("  %-34s %-23s %9.2f %11.2f", all[one].name,
               kind == NULL ? "" : paitify_status_name(kind->verification.expected) + strlen("PAITIFY_"),
               contest_cost(contest, one).median, ratio);
        if (is_long) printf(" %13.2f", ratio_of_long);
        printf("%s\n", is_dearer ? "   <<<<<< DEARER THAN ACCEPTING" : "");
    }
    if (dearer > 0) printf("  !! %d of %d kinds of refusal cost more than accepting.\n", dearer, REFUSALS);
    warn_if_busy(contest);
    contest_free(contest);
    free(long_tokens);
    refusals_free(refusals);
}

static const struct algorithm *algorithm_named(const char *name)
{
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (strcmp(algorithms[i].name, name) == 0) return &algorithms[i];
    }
    return NULL;
}

static void loop(const char *name, double seconds, const char *kind)
{
    const struct algorithm *algorithm = algorithm_named(name);
    require(algorithm != NULL, "finding that algorithm");
    struct suite *suite = suite_new(algorithm);
    paitify_verifier *verifier = verifier_new(suite);
    require(verifier != NULL, "making a verifier of that algorithm");
    struct verification what;
    verification_init(&what, verifier, suite);
    struct refusal *refusals = kind == NULL ? NULL : refusals_new(suite, verifier);
    size_t i = 0;
    if (kind != NULL) {
        while (i < REFUSALS && strcmp(refusals[i].name, kind) != 0) i++;
        require(i < REFUSALS, "finding that kind of refusal");
        what = refusals[i].verification;
    }
    const struct contestant contestant = ours(name, 1, &what);
    void *state = contestant.begin(contestant.setting);
    uint64_t done = 0;
    const double start = seconds_now();
    for (; seconds_now() - start < seconds; done += TURN_OPERATIONS) contestant.turn(state);
    printf("%s: %" PRIu64 " in %.2f s, each %s\n", name, done, seconds_now() - start,
           paitify_status_name(what.expected));
    contestant.end(state);
    if (refusals != NULL) refusals_free(refusals);
    paitify_verifier_release(verifier);
    suite_free(suite);
}

int main(int count, char **arguments)
{
    if (count > 2 && strcmp(arguments[1], "loop") == 0) {
        loop(arguments[2], count > 3 ? strtod(arguments[3], NULL) : 10, count > 4 ? arguments[4] : NULL);
        return EXIT_SUCCESS;
    }
    const double seconds = count > 1 ? strtod(arguments[1], NULL) : 3;
    require(count < 3 || algorithm_named(arguments[2]) != NULL, "finding that algorithm");
    setvbuf(stdout, NULL, _IOLBF, 0); /* it takes a while */
    printf("libpaitifyverify %s, %s; medians of slices that take turns, with the 10th and 90th percentile\n",
           paitify_version(), OpenSSL_version(OPENSSL_VERSION));
    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (count > 2 && strcmp(arguments[2], algorithms[i].name) != 0) continue;
        struct suite *suite = suite_new(&algorithms[i]);
        paitify_verifier *verifier = verifier_new(suite);
        if (verifier == NULL) {
            printf("\n%s: this library does not verify it; not measured\n", algorithms[i].name);
        } else {
            compare(suite, verifier, seconds);
            if (i == 0) compare_refusals(suite, verifier, seconds / 3);
        }
        paitify_verifier_release(verifier);
        suite_free(suite);
    }
    return EXIT_SUCCESS;
}
