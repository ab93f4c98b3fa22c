/* SPDX-License-Identifier: Apache-2.0
 *
 * What a version of the policy would have decided otherwise while it ran beside the one in force.
 * Rows of their own: nothing here is an outcome.
 */
#ifndef WAYMARK_LEDGER_DIVERGENCE_H
#define WAYMARK_LEDGER_DIVERGENCE_H

#include "daemon/ledger/ledger.h"

struct ledger_divergence {
	uint64_t number; /* the cursor; ignored when it is recorded */
	int64_t at_us;
	uint32_t policy; /* the candidate */
	uint64_t seq;    /* the decision in force; 0: only the candidate fired something */
	struct str county;
	struct str kind;         /* different, refused, missing, extra, unreadable */
	struct str real, shadow; /* JSON arrays: outcomes without texts and values of a case */
	struct str why;          /* of refused and unreadable */
};

/* Adds a row to the unit; the texts are copied. */
void ledger_unit_divergence(struct ledger_unit *u, const struct ledger_divergence *d);

/* Those of one version after a number, at most `most`, of the counties listed (ncounties 0: of
 * all); *reached is the number to go on from. */
typedef void ledger_on_divergence(void *arg, const struct ledger_divergence *d);
enum status ledger_divergences(struct ledger_reader *r, uint32_t policy, uint64_t after,
			       size_t most, const struct str *counties, size_t ncounties,
			       uint64_t *reached, ledger_on_divergence *on, void *arg);

#endif
