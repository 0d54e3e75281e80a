import Issuer

/// What *Get started* has to paste into a terminal: a whole program in C, and what builds and runs it. It is the README's
/// with this issuer's own name, and exits with 0 where the token is good for its charge.
struct FirstVerification {
    let issuerURL: String
    /// Where the keys are fetched.
    let origin: String
    let isTest: Bool
    /// What its tokens are for.
    let audience: String
    /// Nil: the reader puts it in.
    let token: String?

    var text: String {
        """
        cat >verify.c <<'END'
        #include <paitifyverify.h>
        #include <stdio.h>
        #include <string.h>

        int main(int count, char **arguments)
        {
            const paitify_bytes audience = PAITIFY_BYTES("\(Self.inC(audience))");
            paitify_options options;
            paitify_options_init(&options, sizeof options);
            options.issuer = PAITIFY_BYTES("\(issuerURL)");
            options.audiences = &audience;
            options.audience_count = 1;\(isTest ? "\n    options.accept_test = 1; /* this key is of the test environment */" : "")

            paitify_verifier *verifier;
            paitify_result *result;
            paitify_error error = PAITIFY_ERROR_INIT;
            if (count != 2 || paitify_verifier_new(&options, &verifier, &error) != PAITIFY_OK ||
                paitify_load_jwks_file(verifier, "jwks.json", &error) != PAITIFY_OK ||
                paitify_result_new(&result) != PAITIFY_OK)
                return fprintf(stderr, "usage: verify TOKEN, with jwks.json here. %s\\n", error.message), 2;

            paitify_charge charge; /* what is about to be charged: USD 19.99 at m_aws */
            paitify_charge_init(&charge, sizeof charge);
            charge.amount = 1999;
            memcpy(charge.currency, "USD", 4);
            charge.merchant_id = PAITIFY_BYTES("m_aws");

            const paitify_bytes token = {(const uint8_t *)arguments[1], strlen(arguments[1])};
            const int32_t status = paitify_verify(verifier, token, &charge, result);
            if (status == PAITIFY_OK)
                puts("VALID: charge it");
            else
                printf("decline, %s: %s\\n", paitify_status_name(status), paitify_status_message(status));
            paitify_result_free(result);
            paitify_verifier_release(verifier);
            return status == PAITIFY_OK ? 0 : 1;
        }
        END
        curl -sS \(origin)/.well-known/jwks.json -o jwks.json
        export PKG_CONFIG_PATH="$PWD/build/lib/pkgconfig"
        cc -o verify verify.c $(pkg-config --cflags --libs paitifyverify)
        ./verify \(token ?? "TOKEN")
        """
    }

    /// Between the quotation marks of a string in C.
    private static func inC(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
