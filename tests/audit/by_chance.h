/* SPDX-License-Identifier: Apache-2.0
 *
 * Histories by chance, of the vocabulary of a rulebook: values at and beside every number that the
 * policy names, days beside those on which something changes, answers to what was proposed; and,
 * where events may come in any order, such as come late, are retracted or corrected, also before
 * they come. The same seed gives the same one.
 */
#ifndef WAYMARK_TESTS_AUDIT_BY_CHANCE_H
#define WAYMARK_TESTS_AUDIT_BY_CHANCE_H

#include "engine/audit/stream.h"
#include "engine/base/vec.h"

#define CASES_EACH 3 /* of a kind in one history */

/* An event that came, for what is said of it later. */
struct came {
	struct str id, subject;
	uint16_t kind;
};

struct by_chance {
	const struct rulebook *rb;
	uint64_t state;
	bool any_order;       /* set it before a history begins */
	VEC(int64_t) numbers; /* that the policy names */
	VEC(int32_t) days;    /* on which something changes */
	struct arena arena;   /* of the history under way */
	uint16_t county;
	int32_t day;
	int32_t minute;
	size_t n; /* events so far */
	VEC(struct came) came;
};

void by_chance_init(struct by_chance *c, const struct rulebook *rb, uint64_t seed);
void by_chance_release(struct by_chance *c);
unsigned by_chance_roll(struct by_chance *c, unsigned n); /* from 0 to n-1 */

/* A county and a day to begin with; false: no county has adopted anything. */
bool by_chance_begin(struct by_chance *c);
/* The next event; `s` is asked for what is proposed. Its texts live until the next history. */
struct event by_chance_next(struct by_chance *c, const struct stream *s);
/* What a correction of it says of an event's fields: an amend_reader's, of rulebooks by whose names
 * the history goes; arg is the by_chance. */
bool by_chance_corrects(void *arg, const struct rulebook *rb, const struct event *correction,
			struct event *target, struct arena *a, struct refusal *no);
/* The same under another rulebook, by names; false: it has no such thing. */
bool by_chance_carry(struct by_chance *c, const struct rulebook *to, const struct event *ev,
		     struct event *out);

#endif
