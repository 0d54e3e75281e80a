/* A processor that a package's test builds: it judges one charge, at a time that it is told.
 * usage: charge KEYS TOKEN AMOUNT NOW. Exit code: the verdict. */
#include <paitifyverify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t at(void *context)
{
    return *(const int64_t *)context;
}

int main(int count, char **arguments)
{
    if (count != 5) return 64;
    int64_t now = strtoll(arguments[4], NULL, 10);
    const paitify_bytes audience = PAITIFY_BYTES("paitify:processor");
    paitify_options options;
    paitify_options_init(&options, sizeof options);
    options.issuer = PAITIFY_BYTES("https://issuer.paitify.example");
    options.audiences = &audience;
    options.audience_count = 1;
    options.now = at;
    options.context = &now;

    paitify_charge charge;
    paitify_charge_init(&charge, sizeof charge);
    charge.flags = PAITIFY_CHARGE_ANY_MERCHANT;
    charge.amount = strtoll(arguments[3], NULL, 10);
    memcpy(charge.currency, "USD", 4);

    paitify_verifier *verifier = NULL;
    paitify_result *result = NULL;
    const paitify_bytes token = {(const uint8_t *)arguments[2], strlen(arguments[2])};
    int32_t status = paitify_verifier_new(&options, &verifier, NULL);
    if (status == PAITIFY_OK) status = paitify_load_jwks_file(verifier, arguments[1], NULL);
    if (status == PAITIFY_OK) status = paitify_result_new(&result);
    if (status == PAITIFY_OK) status = paitify_verify(verifier, token, &charge, result);
    printf("%s, by libpaitifyverify %s\n", paitify_status_name(status), paitify_version());
    paitify_result_free(result);
    paitify_verifier_release(verifier);
    return paitify_status_verdict(status);
}
