/* SPDX-License-Identifier: Apache-2.0
 *
 * What cases share: the money of a fund, the places of a capacity, the seats of a meeting. Each is
 * a *pot*, one for each county and period. Decide only reads pots; what a decision takes of them is
 * in the draws of its outcomes, and whoever records the decision adds these here, by pots_apply
 * alone. So a pot always is the sum of the draws of all recorded outcomes, and can be worked out
 * from them again.
 *
 * Pots go by names, not by the indices of one rulebook: they outlive every version of the policy.
 */
#ifndef WAYMARK_CASE_POTS_H
#define WAYMARK_CASE_POTS_H

#include "engine/case/decision.h"

struct pot {
	enum pot_kind kind;
	struct str name, county;
	int32_t from; /* first day of its period; DAY_NONE: there is only one */
	int64_t reserved, committed;
	int32_t served; /* of a capacity: the day as of which those who wait had their turn, that of
			   the latest decision about it; DAY_NONE: not known */
};

/* A case in the line of a capacity. */
struct waiting {
	uint32_t pot;
	struct str id; /* owned */
};

struct pots {
	struct arena arena;
	VEC(struct pot) all;      /* in order of their first draw */
	VEC(struct waiting) line; /* in order of arrival */
	struct map by_key;
};

/* NULL: nothing was ever drawn of it. */
const struct pot *pots_find(const struct pots *p, const struct pot *key);
/* Makes the pot when there is none; the names are copied. */
struct pot *pots_get(struct pots *p, const struct pot *key);
struct pot pot_key(const struct rulebook *rb, uint16_t county, enum pot_kind kind, uint16_t index,
		   int32_t from);

void pots_draw(struct pots *p, const struct rulebook *rb, uint16_t county, const struct draw *d);
void pots_apply(struct pots *p, const struct rulebook *rb, const struct decision *d);

/* By how much the decision changes the number of cases that wait at the pot of its i-th outcome:
 * 1: its case joins the line, -1: it leaves. 0 for all but the first outcome at that pot, so that
 * who is taken out and put in again keeps the place in the line. */
int64_t pots_line_change(const struct rulebook *rb, const struct decision *d, size_t i);
void pots_join(struct pots *p, struct pot *pot, struct str id); /* at the end of the line */

void pots_forget(struct pots *p, struct str id); /* the case leaves every line */

/* A place is free and somebody waits for it: who is next? On the day of what happened and at the
 * instant, which is of the day after when a day has ended. False: there is no such place. */
struct vacancy {
	uint16_t capacity, county;
	struct str id; /* until the line changes */
};
bool pots_vacancy(const struct pots *p, const struct rulebook *rb, int32_t day, int64_t at,
		  struct vacancy *out);

/* The next day that brings a place for which somebody waits, because the number grows on it. False:
 * none does. From then on whoever records decisions gives the places of that day, as of its first
 * instant, and the cause of their events is this key. */
bool pots_growth(const struct pots *p, const struct rulebook *rb, int32_t *day);
struct hash128 pots_growth_key(int32_t day);
void pots_served(struct pots *p, int32_t day); /* all who wait have had their turn of that day */

/* `to` is empty; it goes by the names that `from` has, so it must not outlive it. */
void pots_copy(struct pots *to, const struct pots *from);
void pots_release(struct pots *p); /* empty again */

/* What the outcome draws on; its decision was written under `rb`. */
struct pot outcome_pot(const struct rulebook *rb, const struct decision *d,
		       const struct outcome *o);
struct str pot_name(const struct rulebook *rb, enum pot_kind kind, uint16_t index);
/* The name of a kind in JSON and in the ledger: "fund". */
struct str pot_kind_name(enum pot_kind kind);
bool pot_kind_of(struct str name, enum pot_kind *kind);

#endif
