/* SPDX-License-Identifier: Apache-2.0
 *
 * Saying things as the author of a policy would: an outcome, a provision, a condition and what it
 * saw, a place in the sources.
 */
#ifndef WAYMARK_EXPLAIN_WORDING_H
#define WAYMARK_EXPLAIN_WORDING_H

#include "engine/explain/reading.h"
#include "engine/case/decision.h"

struct wording {
	const struct rulebook *rb;
	bool confidential; /* show the values of confidential facts; else "(confidential)" */
};

/* may assess $500.00 as infraction due 2026-07-28 */
void outcome_words(struct buf *b, const struct wording *w, const struct outcome *o);
/* programs/pathway_to_safety.way:31 */
void place_words(struct buf *b, const struct rulebook *rb, struct span span);
/* rule minors_never_owe */
void block_words(struct buf *b, const struct block *block);
/* escalation attendance, step diversion */
void part_words(struct buf *b, const struct rulebook *rb, uint32_t part);
/* The source at a span on one line: comments left out, white space as single spaces. */
void source_words(struct buf *b, const struct rulebook *rb, struct span span);
/* $100.00, 14 days, yes, diversion */
void seen_words(struct buf *b, const struct wording *w, const struct considered *c,
		const struct term *t);
/* minutes was 59, provider.trauma_informed was no */
void list_words(struct buf *b, const struct wording *w, const struct considered *c,
		const struct term *const *read, size_t n);
/* The same of all that a term read; nothing when that is nothing. */
void operands_words(struct buf *b, const struct wording *w, const struct considered *c,
		    const struct term *t);
/* class_fee goes by its row at fees.way:13: count of conviction 1 (was 1), income under $30,000 …
 */
void row_words(struct buf *b, const struct wording *w, const struct considered *c,
	       const struct lookup *l);
/* Does it tell of something confidential, which is not to be shown, which row that was? */
bool row_is_confidential(const struct wording *w, const struct considered *c,
			 const struct lookup *l);
/* What became of a part or prohibition, and for which condition, without its name and place:
 * did not apply: minutes >= 60 was not met (minutes was 59) */
void verdict_words(struct buf *b, const struct wording *w, const struct considered *c);

#endif
