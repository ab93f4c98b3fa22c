/* SPDX-License-Identifier: Apache-2.0
 *
 * What the forms of an explanation share: what an outcome rests on, and what is worth telling.
 */
#ifndef WAYMARK_EXPLAIN_EXPLAIN_INTERNAL_H
#define WAYMARK_EXPLAIN_EXPLAIN_INTERNAL_H

#include "engine/explain/explain.h"

#define TERMS_MOST 32

/* What an outcome rests on: what its part's condition and its own amount read. */
struct grounds {
	struct arena arena;
	const struct term *read[TERMS_MOST];
	size_t n;
};

void grounds_find(struct grounds *g, const struct wording *w, const struct decision *d,
		  const struct considered *c, const struct outcome *o);
void grounds_release(struct grounds *g);
/* The rows of tables that an outcome's grounds name, each once; at most TERMS_MOST. */
size_t grounds_rows(const struct wording *w, const struct decision *d, const struct outcome *o,
		    const struct grounds *g, const struct lookup **out);

/* The action that brought it about, and the code of its amount, which is that of the schedule that
 * it starts; NULL: there is none. */
const struct action *outcome_action(const struct rulebook *rb, const struct outcome *o);
const struct code *outcome_amount(const struct rulebook *rb, const struct decision *d,
				  const struct outcome *o);
/* Does it follow from the event itself? Only of that does the trace tell. */
bool outcome_is_own(const struct outcome *o);

/* How the trace tells of a part; false: it was not considered (a deadline's action, an approval).
 */
bool considered_find(const struct trace *t, uint32_t part, struct considered *out);
bool considered_is_worth_telling(const struct considered *c);
struct span considered_place(const struct rulebook *rb, const struct considered *c);

#endif
