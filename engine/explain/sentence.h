/* SPDX-License-Identifier: Apache-2.0
 *
 * What sentences about a decision are made of, beside the plain words for a policy (plain.h):
 * things by their titles in quotation marks, values, what a value would have to be.
 */
#ifndef WAYMARK_EXPLAIN_SENTENCE_H
#define WAYMARK_EXPLAIN_SENTENCE_H

#include "engine/explain/counterfactual.h"

void sentence_quote(struct buf *b, struct str title); /* “Missed appointments” */
/* By its title, in quotes; without one its name. */
void sentence_named(struct buf *b, const struct named *n);
void sentence_event(struct buf *b, const struct rulebook *rb, uint16_t event);
/* What a condition reads of the event, or of its case, and what would have to be different there:
 * by its title; what has none as the policy has it: provider.trauma_informed: provider trauma
 * informed
 */
void sentence_read(struct buf *b, const struct rulebook *rb, const struct event *ev,
		   const struct insn *in);
void sentence_changed(struct buf *b, const struct rulebook *rb, const struct event *ev,
		      const struct change *c);
void sentence_times(struct buf *b, int64_t n); /* 1 time, 2 times */
void sentence_party(struct buf *b, const struct rulebook *rb, struct str name);
void sentence_value(struct buf *b, const struct rulebook *rb, const struct type *t, struct value v);
/* 60 or more; after July 14, 2026; other than housing */
void sentence_relation(struct buf *b, const struct rulebook *rb, const struct change *c);
/* The sentence ends: with a point, unless a quotation or a sign has ended it already. */
void sentence_end(struct buf *b);

/* The first and the last day of what is paid in parts or by a schedule that starts; false: it is
 * neither. */
bool sentence_days(const struct rulebook *rb, const struct decision *d, const struct outcome *o,
		   int32_t *first, int32_t *last);

#endif
