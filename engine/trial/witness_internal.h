/* SPDX-License-Identifier: Apache-2.0
 *
 * A history under two rulebooks: what it is made of, and what playing it shows.
 */
#ifndef WAYMARK_TRIAL_WITNESS_INTERNAL_H
#define WAYMARK_TRIAL_WITNESS_INTERNAL_H

#include "engine/audit/stream.h"
#include "engine/trial/witness.h"
#include "engine/decide/share.h"

struct line {
	const struct letter *letter;
	int32_t gap;    /* days since the line before */
	uint16_t times; /* as the letter, or fewer */
};

struct history_tried {
	int32_t start;
	struct person self;
	struct line lines[WITNESS_LONGEST];
	size_t n;
	uint32_t rounds; /* all of it so often, a day between them */
};

/* What the last line brought under one of them. */
struct shown {
	struct buf
	    ours; /* outcomes of the provision, each on a line, as expectations of a scenario */
	struct buf all; /* all outcomes, likewise */
	bool refused, broken;
	bool unknown;    /* this rulebook has no such event */
	bool breached;   /* it was our prohibition that refused it */
	size_t approved; /* proposals so far, in all lines */
	size_t drawn;    /* outcomes that draw on what is shared, as they are wanted */
};

struct search {
	const struct wanted *wanted;
	struct alphabet alphabet; /* of wanted->rb[home] */
	int home;
	bool nameless; /* a prohibition or promise: it shows by refusing, or by being broken */
	struct shown shown[2];
	int64_t cents; /* by what was played last: owed in the dearest year, drawn too much */
	size_t left, tried;
	bool likely;    /* only what is likely is looked at */
	bool exhausted; /* all short ones were tried */
	bool further;   /* and longer ones */
	size_t each;    /* work of a line */
};

/* Plays it; true: its last line is what is looked for. */
bool history_shows(struct search *s, const struct history_tried *h);
/* The first of its lines, played once, that is what is looked for; h->n: none. Of those before it
 * the outlines of the case. */
size_t history_walk(struct search *s, const struct history_tried *h, struct hash128 *outlines);
/* As far as what the alphabet covers can tell cases apart: equal outlines, most likely the same to
 * come. */
struct hash128 case_outline(const struct alphabet *a, const struct rulebook *rb,
			    const struct case_state *cs, int32_t day);
/* Longer histories, grown from such as have led to something new; true: `h` shows it. */
bool explore(struct search *s, struct history_tried *h);
/* Drops whatever is not needed for that. */
void history_shrink(struct search *s, struct history_tried *h);
/* As lines of a scenario, without expectations. */
void history_words(struct buf *b, const struct search *s, const struct history_tried *h);
/* The same for people who read no policies. */
void history_told(struct witness *w, const struct search *s, const struct history_tried *h);
/* An outcome of an event on that day, as a scenario expects it. */
void expectation_words(struct buf *b, const struct rulebook *rb, const struct outcome *o,
		       int32_t day);
/* What a share shows a partner on a day, as a scenario expects it. */
void share_words(struct buf *b, struct decider *d, const struct case_state *cs, uint32_t block,
		 struct str partner, int32_t day);
/* The name of the nth of those who had the first event before. */
struct str crowd_id(struct arena *a, struct str like, uint32_t n);
/* The day of a line, its events' last. */
int32_t history_day(const struct history_tried *h, uint32_t round, size_t line);

#endif
