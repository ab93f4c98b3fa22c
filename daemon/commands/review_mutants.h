/* SPDX-License-Identifier: Apache-2.0
 *
 * Small changes (trial/mutate.h) of the provisions and figures that a change of the policy touches:
 * those that no scenario of that version would notice. A mistake of that size would go unseen, too.
 */
#ifndef WAYMARK_COMMANDS_REVIEW_MUTANTS_H
#define WAYMARK_COMMANDS_REVIEW_MUTANTS_H

#include "daemon/commands/suggest.h"

#define REVIEW_MUTANTS_MOST                                                                        \
	500u /* tried of one version: each runs the scenarios until one fails                      \
	      */

/* What is touched, by block and by parameter of one version. */
struct touched {
	bool *blocks, *params;
};

struct review_mutants {
	struct suggesting by; /* a rulebook of its own, which is changed */
	struct mutants all;
	VEC(struct mutant) lived;
	size_t of; /* that there are of what is touched */
	size_t tried;
};

/* Scenarios that fail as the version is, notice nothing. */
void review_mutants_find(struct review_mutants *m, struct loaded *l, const struct touched *t);
void review_mutants_release(struct review_mutants *m);

/* Sections: of the version after the change, with a word on the one before. */
void review_mutants_html(struct buf *b, const struct review_mutants m[2]);

#endif
