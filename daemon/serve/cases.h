/* SPDX-License-Identifier: Apache-2.0
 *
 * The cases in memory: the state after the last decision, which may not be on disk yet. A case is
 * read from the ledger when it is first asked for. While a unit about it is in flight it is pinned;
 * what is not pinned is as the ledger has it, and may be dropped at any time by cases_trim, the
 * longest unused first.
 *
 *     struct case_slot *s;
 *     switch (cases_get(&c, reader, rb, id, &s, &why)) {
 *     case STATUS_OK: ... s->cs ...
 *     case STATUS_NOT_FOUND: s = cases_add(&c, rb, id, kind, county);   // a new case
 *     }
 *     ... decide, submit a unit ...
 *     cases_pin(&c, s);           // and cases_unpin when it is on disk
 *     cases_trim(&c, rb);         // after each request: never while a decision is being made
 */
#ifndef WAYMARK_SERVE_CASES_H
#define WAYMARK_SERVE_CASES_H

#include "daemon/ledger/ledger.h"
#include "daemon/wire/case_read.h"
#include "engine/base/map.h"
#include "engine/base/vec.h"

#include <sys/queue.h>

struct flight;
struct case_slot {
	struct str id;         /* owned; the key of the map */
	struct case_state *cs; /* NULL: cannot be read under the policy in force, see cases_carry */
	uint64_t no;           /* the ledger's number; 0: not known to the ledger */
	uint64_t last_seq;     /* of its latest decision, 0 for none */
	struct ledger_due due; /* first, as the ledger has it or will have it */
	uint32_t pins;         /* units in flight */
	bool overdue;          /* it stands in the list of struct timers */
	bool gone;             /* it is being destroyed, and has no state */
	uint32_t shadow;       /* when its state went to the shadow: shadow.epoch; 0: never */
	bool reads_anew; /* as soon as nothing is: the ledger knows more than was carried over */
	struct flight *flying, *flying_last; /* these units, in order: see commit.h */
	uint32_t at;                         /* index in `slots` */
	TAILQ_ENTRY(case_slot) use;
};

struct cases {
	struct map by_id;              /* id -> index in slots */
	VEC(struct case_slot *) slots; /* NULL: free */
	VEC(uint32_t) vacant;
	TAILQ_HEAD(in_use_list, case_slot) in_use; /* the latest used first */
	size_t n, most;
	uint64_t hits, misses, evicted; /* for /metrics */
	struct json_doc *doc;
	struct buf json; /* scratch */
};

void cases_init(struct cases *c, size_t most);
void cases_release(struct cases *c, const struct rulebook *rb); /* rb may be NULL without cases */

/* From memory, else from the ledger. STATUS_NOT_FOUND: there is no such case. STATUS_GONE: it was
 * destroyed. STATUS_CONFLICT,
 * STATUS_INVALID: its record does not fit the policy or is damaged; *why gets a sentence for the
 * log, without personal data. STATUS_IO: the ledger cannot be read. */
enum status cases_get(struct cases *c, struct ledger_reader *r, const struct rulebook *rb,
		      struct str id, struct case_slot **out, struct buf *why);

struct case_slot *cases_add(struct cases *c, const struct rulebook *rb, struct str id,
			    uint16_t kind, uint16_t county);
void cases_drop(struct cases *c, const struct rulebook *rb, struct case_slot *s); /* not pinned */

void cases_pin(struct case_slot *s);
void cases_unpin(struct case_slot *s);
void cases_trim(struct cases *c, const struct rulebook *rb);

/* It is being destroyed: from now on cases_get answers STATUS_GONE, until it is forgotten. */
void cases_add_gone(struct cases *c, const struct rulebook *rb, struct str id); /* not pinned */
void cases_forget_one(struct cases *c, const struct rulebook *rb, struct str id);
bool cases_are_flying(const struct cases *c, struct str id); /* something of it is in flight */

/* Forgets all cases; nothing may be in flight any more. */
void cases_forget(struct cases *c, const struct rulebook *rb);

/* From one version of the policy to the next: what the ledger has is dropped and read again when
 * asked for, what is pinned is carried over by names. Returns how many could not be: they stay
 * without a state until they are no longer pinned. */
size_t cases_carry(struct cases *c, const struct rulebook *from, const struct rulebook *to);

#endif
