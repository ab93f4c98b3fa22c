/* SPDX-License-Identifier: Apache-2.0
 *
 * A witness: a short history, with days, that two rulebooks decide differently as far as one
 * provision goes; or, of one rulebook alone, one that runs against a prohibition or breaks a
 * promise, or makes somebody owe more than some amount in a year. Histories are put together from
 * an alphabet (alphabet.h) and decided by the engine, those with the fewest lines first; then
 * longer ones, grown from such as have brought the case to where none had been. What is found is
 * made smaller as long as it shows the same. So a witness is real; that none is found proves
 * nothing.
 *
 *     struct witness w;
 *     if (witness_find(&w, &(struct wanted){{old, new}, {county, county}, {block, block}}))
 *             buf_str(&out, w.scenario);
 *     witness_release(&w);
 */
#ifndef WAYMARK_TRIAL_WITNESS_H
#define WAYMARK_TRIAL_WITNESS_H

#include "engine/trial/alphabet.h"

#define WITNESS_LINES   4u  /* events, or waits: all histories of so many are tried first */
#define WITNESS_LONGEST 24u /* and some of so many at most */
#define WITNESS_WORK                                                                               \
	150000u /* lines decided, for one provision; and as many events for longer ones */
#define WITNESS_PARTS  64u  /* where an event touches so many more parts, a line is one more */
#define WITNESS_ROUNDS 366u /* times that a history may come again, for sums */

enum wanted_what {
	WANTED_BLOCK, /* that both decide a provision differently; or that it is broken */
	WANTED_DEBT,  /* in the new rulebook, a case of `kind` owes more than `cents` in a year */
	WANTED_OVERDRAFT, /* in the new rulebook, more of a fund is gone than its budget */
	WANTED_SHARED /* that both decide differently what draws on a fund, capacity or docket */
};

/* How histories begin. */
struct setting {
	struct str fund; /* others have spent so much of it; empty: of none */
	int64_t spent;
	uint32_t crowd; /* as many cases like this one have had the first event before it */
	bool dated;     /* on this day: */
	int32_t day;
};

struct wanted {
	const struct rulebook
	    *rb[2]; /* old, new; old NULL: a breach in the new one is looked for */
	uint16_t county[2];
	uint32_t block[2]; /* UINT32_MAX: there is none in that one */
	size_t work;       /* 0: WITNESS_WORK */
	enum wanted_what what;
	uint16_t kind; /* of case; where a block is wanted, its own */
	int64_t cents;
	enum pot_kind pot; /* WANTED_SHARED, WANTED_OVERDRAFT: what it is, by its name */
	struct str name;
	struct setting setting;
};

/* What happens, for people who read no policies; without days: what the case was like before. */
struct told {
	int32_t from, to; /* first and last day; DAY_NONE: at the beginning */
	struct str words; /* A session was attended: minutes 60 */
};

struct witness {
	bool found;
	size_t tried;       /* histories */
	bool exhausted;     /* all short ones that the alphabet allows were tried */
	size_t lines;       /* that they had at most */
	struct str history; /* the scenario's lines, as `waymark test` reads them */
	struct str
	    came[2]; /* what the last line brings: its expectations, one a line, old and new */
	struct told *told; /* the history, line by line */
	size_t ntold;
	int64_t cents; /* owed in the dearest year, or drawn too much, where that was asked */
	struct arena arena;
};

bool witness_find(struct witness *w, const struct wanted *wanted);
/* The same with all settings in which a difference of what cases share could show. */
bool witness_find_shared(struct witness *w, const struct wanted *wanted);
/* Where other days are business days: of all provisions, whichever block is wanted. */
bool witness_find_calendar(struct witness *w, const struct wanted *wanted);
void witness_release(struct witness *w);

#endif
