/* SPDX-License-Identifier: Apache-2.0
 *
 * Small changes of a rulebook, one at a time, to see whether its scenarios notice: a threshold one
 * higher or lower, `>=` for `>`, `and` for `or`, a condition left out, an amount or a length of
 * time that is a bit more, a row of a table that ends a bit later or sooner. What no scenario
 * notices is tested by none.
 *
 *     struct mutants m = {0};
 *     mutants_find(&m, rb);              // a rulebook of one's own: it is changed in place
 *     for (i < m.n) {
 *             mutant_apply(&m.at[i]);
 *             bool noticed = mutant_noticed(rb, NULL);
 *             mutant_undo(&m.at[i]);
 *     }
 *     mutants_release(&m);
 *
 * The rulebook must not be shared, nor read by anybody else meanwhile; undone, it is as it was.
 */
#ifndef WAYMARK_TRIAL_MUTATE_H
#define WAYMARK_TRIAL_MUTATE_H

#include "engine/base/vec.h"
#include "engine/policy/scenario.h"

#define MUTANT_PATCHES 2

struct patch {
	void *at; /* into the rulebook */
	uint8_t size;
	uint64_t was, now;
};

struct mutant {
	uint32_t block;      /* whose; UINT32_MAX: a parameter's value */
	uint16_t param;      /* of that, else NONE */
	struct span span;    /* what is changed */
	struct str was, now; /* in words */
	struct patch patches[MUTANT_PATCHES];
};

struct mutants {
	struct mutant *at;
	size_t n, cap;
	struct arena arena;
};

/* Of all provisions that are in force in some county, in order of the rulebook. */
void mutants_find(struct mutants *m, struct rulebook *rb);
void mutants_release(struct mutants *m);
void mutant_apply(const struct mutant *m);
void mutant_undo(const struct mutant *m);

/* Does some scenario fail now? Those count that pass otherwise, by number; NULL: they all do. */
bool mutant_noticed(const struct rulebook *rb, const bool *passing);

#endif
