/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recorded of a case, in order of arrival: its events, what they read, what followed. Each
 * of it was decided under some version of the policy, which is given with it.
 */
#ifndef WAYMARK_AUDIT_HISTORY_H
#define WAYMARK_AUDIT_HISTORY_H

#include "engine/audit/amend.h"
#include "engine/case/pots.h"

struct past_outcome {
	struct outcome outcome;
	const struct rulebook *rb; /* that decided it */
	struct hash128 content;
	bool gone; /* reversed since */
};

struct past_input {
	struct value value;
	const struct rulebook *rb;
	uint16_t kind, fact;
};

struct history {
	struct arena arena; /* texts of events may be put here */
	size_t decisions;
	VEC(struct past_event) events; /* in order of arrival */
	VEC(struct past_outcome) outcomes;
	VEC(struct past_input) inputs;
	VEC(struct pot_input) pots;
	struct map outcome_ids, input_keys, pot_keys;
};

/* Another decision begins. False: the history is longer than can be decided again; reading on is of
 * no use, redecide will refuse. */
bool history_decision(struct history *h);
/* An event from outside. Its texts and fields must live as long as the history. */
void history_event(struct history *h, const struct rulebook *rb, const struct event *ev);
/* What the event with that key read. The first one counts. Copied. */
void history_input(struct history *h, const struct rulebook *rb, struct hash128 event,
		   const struct input *in);
/* Likewise of a pot; the last one counts. */
void history_pot(struct history *h, const struct rulebook *rb, struct hash128 event,
		 const struct pot_input *in);
/* Copied as far as a reversal needs it: id, action, proposal, part, amount, fund, name, to, fact,
 * schedule, item, times, draw, of. A reversal takes out the one it names. */
void history_outcome(struct history *h, const struct rulebook *rb, const struct outcome *o,
		     struct hash128 content);
/* All of a decision that was just made, of any kind. Copied, the event too. */
void history_add(struct history *h, const struct rulebook *rb, const struct decision *d);
void history_release(struct history *h);

/* What the event read of another case, or saw of a pot, when it was decided first. False: nothing
 * of the kind. Asked, and answered, in terms of `rb`. */
bool history_read(const struct history *h, const struct rulebook *rb, struct hash128 event,
		  const struct input *wanted, struct value *out);
bool history_saw(const struct history *h, const struct rulebook *rb, struct hash128 event,
		 struct pot_input *wanted);
/* The outcome with that id, as it is recorded and stands, by its place in the history; SIZE_MAX:
 * there is none. */
size_t history_find(const struct history *h, struct hash128 id);

/* What tells whether an outcome is still the same: the hash of its JSON, without the event that it
 * follows from and the version that decided it. */
struct hash128 outcome_content(const struct rulebook *rb, const struct outcome *o);

#endif
