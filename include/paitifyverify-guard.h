/*
 * paitifyverify-guard.h - what the replay guards that are shipped beside the verifier have in common.
 *
 * A replay guard remembers which tokens were charged. Each is a library of its own (libpaitifyverify-memory, -sqlite,
 * -redis), whose header includes this one; a processor links one of them, and hands its claim function to its verifier:
 *
 *     options.replay_claim = paitify_memory_guard_claim;
 *     options.replay_context = guard;
 *
 * Rules that hold for every guard, beside those of paitifyverify.h:
 *
 *   Claims       A claim is that of one issuer and one jti, kept until its token can be accepted no more (expires_at:
 *                the token's exp and the verifier's leeway). Of several claims at once one is the first.
 *   Transactions The transaction that made a claim may make it again (a retry of one charge): SAME_TRANSACTION. Any
 *                other is told SEEN. An empty transaction id is nobody's: its claim is made, and each further one is
 *                SEEN. So give each charge an id of its own, or a crash between the claim and the charge loses the
 *                charge.
 *   Not sure     What cannot be told is UNAVAILABLE, and never FIRST. The claim may have been made all the same; the
 *                same transaction can try again.
 *   Old claims   A guard forgets a claim once its clock is past expires_at. If the clock then goes back, a claim that
 *                may have been forgotten is UNAVAILABLE.
 *   Lifetime     A guard outlives every verifier that it was given to: release those first, then free it.
 *   Threads      Any number of threads claim at once.
 *   fork         A guard serves the process that made it. A child's claims on it are UNAVAILABLE: have each child make
 *                its own, after the fork. Freeing it in a child gives up the child's memory, and touches nothing else.
 *   Libraries    The libraries share no state, and none needs libpaitifyverify: but a verifier is who asks them.
 */
#ifndef PAITIFYVERIFY_GUARD_H
#define PAITIFYVERIFY_GUARD_H

#include "paitifyverify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a monitor should know of a guard. The struct may grow at its end. */
typedef struct paitify_guard_info {
    uint32_t struct_size;
    uint32_t reserved;              /* 0 */
    uint64_t first_count;           /* claims by what was answered, since the guard was made */
    uint64_t same_transaction_count;
    uint64_t seen_count;
    uint64_t unavailable_count;     /* that grows: look at last_reason, and raise an alarm */
    int64_t last_unavailable_at;    /* Unix seconds; 0 if never */
    int64_t claim_count;            /* claims that are held; -1 where the guard does not know */
    int64_t capacity;               /* claims that can be held; -1 where nothing bounds them */
    char last_reason[192];          /* why the guard could not tell, the last time; UTF-8, for people only; "" if it
                                       always could */
} paitify_guard_info;

#ifdef __cplusplus
}
#endif

#endif /* PAITIFYVERIFY_GUARD_H */
