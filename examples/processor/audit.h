/* The audit, where the configuration names a file: a hash-chained record of every decision, without a token. */
#ifndef AUDIT_H
#define AUDIT_H

#include <paitifyverify-audit.h>

typedef struct audit audit;

/* Opens it; null where it cannot be had, and `error` says why. */
audit *audit_open(const char *path, paitify_error *error);

/* One more who shares it, a configuration that was read anew: goes on in the file that is at the path now, so that an
 * old one may be renamed before. */
audit *audit_retain(audit *opened);

/* The last that closes it closes it. Null: does nothing. */
void audit_close(audit *opened);

/* Has the verifier tell it of each decision. Null: does nothing. */
void audit_set(audit *opened, paitify_options *options);

/* What a monitor should know of it. */
void audit_health(audit *opened, paitify_audit_info *info);

#endif
