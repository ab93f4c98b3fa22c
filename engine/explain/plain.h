/* SPDX-License-Identifier: Apache-2.0
 *
 * Saying what a policy provides in plain words, for people who read no policies: short sentences,
 * titles instead of names, amounts as they are on one day in one county. For pages and pictures;
 * wording.h says things as the author of a policy would.
 *
 *     struct plain p = {rb, county, day, part->event, block->case_kind};
 *     plain_condition(&b, &p, &part->when);   // “service” is counselling, and “minutes” is 60 or
 * more plain_action(&b, &p, &part->actions[0]);  // a payment of $100.00 to the survivor
 */
#ifndef WAYMARK_EXPLAIN_PLAIN_H
#define WAYMARK_EXPLAIN_PLAIN_H

#include "engine/policy/policy.h"

/* Where and when something is said, and what its fields and facts are. */
struct plain {
	const struct rulebook *rb;
	uint16_t county; /* NONE: as the programs say, without a county's own values */
	int32_t day;
	uint16_t event; /* whose fields are read, or NONE */
	uint16_t kind;  /* whose facts are read, or NONE */
};

/* ---- plain.c ---- */

/* session_attended: session attended */
void plain_name(struct buf *b, struct str name);
/* The title; without one the name. */
void plain_title(struct buf *b, struct str title, struct str name);
/* The same in the middle of a sentence: `The` and `A` in small letters. */
void plain_called(struct buf *b, struct str title, struct str name);
/* “session attended” */
void plain_quoted(struct buf *b, struct str name);
/* By its title, in quotes; without one its name. */
void plain_titled(struct buf *b, struct str title, struct str name);
/* Another case, by the title of what refers to it: the landlord */
void plain_other(struct buf *b, struct str title, struct str name);
/* July 1, 2026 */
void plain_day(struct buf *b, int32_t day);
const struct dated *plain_dated(const struct plain *p, uint16_t param);
void plain_param(struct buf *b, const struct plain *p, uint16_t param);
void plain_period(struct buf *b, const struct plain *p, const struct period *period);
/* A survivor attended a session */
void plain_event(struct buf *b, const struct rulebook *rb, uint16_t event);
/* the survivor, the provider, the state agency referral network */
void plain_target(struct buf *b, const struct plain *p, const struct target *t);
/* What the block is called: its title, or its name. */
void plain_block(struct buf *b, const struct rulebook *rb, const struct block *block);
/* What was written from `from` on as a sentence: a capital letter first, a full stop at the end. */
void plain_sentence(struct buf *b, size_t from);
void plain_capital(struct buf *b, size_t from);

/* ---- plain_condition.c ---- */

void plain_condition(struct buf *b, const struct plain *p, const struct code *code);
void plain_amount(struct buf *b, const struct plain *p, const struct code *code);

/* ---- plain_action.c ---- */

/* In the middle of a sentence, without its end. */
void plain_action(struct buf *b, const struct plain *p, const struct action *a);
/* What has to follow a referral or a requirement, and what happens if it does not: whole sentences,
 * or nothing. */
void plain_answer(struct buf *b, const struct plain *p, const struct action *a);
/* At most 1 time a day. */
void plain_limit(struct buf *b, const struct plain *p, const struct limit *l);
/* no referral to the network for a survivor while …; and of an always, what it promises: a referral
 * to … */
void plain_never(struct buf *b, const struct plain *p, const struct never *n);

#endif
