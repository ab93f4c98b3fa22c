/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling a unit: everything that the writer binds is put together here, on the caller's thread,
 * in the unit's own memory.
 */
#include "daemon/ledger/ledger_internal.h"
#include "engine/case/json.h"

#include <stdlib.h>
#include <string.h>

#define POOL_UNITS 512 /* freed units kept for use again, with the memory that they grew to */

struct ledger_unit *ledger_unit_new(struct ledger *l, void *user)
{
	struct ledger_unit *u = unit_pop(&l->pool);
	if (!u)
		u = mem_alloc(sizeof(*u));
	struct arena kept = u->arena;
	*u = (struct ledger_unit){
	    .user = user, .arena = kept, .ledger = l, .next_due = LEDGER_NOT_DUE};
	return u;
}

void unit_release(struct ledger_unit *u)
{
	arena_release(&u->arena);
	mem_free(u);
}

void ledger_unit_free(struct ledger *l, struct ledger_unit *u)
{
	if (l->pool.n >= POOL_UNITS) {
		unit_release(u);
		return;
	}
	arena_reset(&u->arena);
	unit_push(&l->pool, u);
}

void ledger_unit_case(struct ledger_unit *u, uint64_t no, bool is_new, uint64_t last_seq,
		      struct ledger_due due)
{
	u->case_no = no;
	u->is_new = is_new;
	u->last_seq = last_seq;
	u->next_due = due;
}

static struct str name_of(const struct named *list, uint16_t i)
{
	return i == NONE ? STR("") : list[i].name;
}

/* What the action names: a line, a requirement, an order, a schedule or a fact. */
static struct str outcome_name(const struct rulebook *rb, const struct outcome *o)
{
	switch (o->action) {
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		return name_of(rb->lines, o->name);
	case ACTION_REQUIRE:
		return name_of(rb->requirements, o->name);
	case ACTION_ORDER:
		return name_of(rb->orders, o->name);
	case ACTION_PLACE:
		return name_of(rb->dockets, o->name);
	case ACTION_ENROL:
	case ACTION_RELEASE:
		return name_of(rb->capacities, o->name);
	case ACTION_ENTER:
		return name_of(rb->stages, o->name);
	case ACTION_SET:
		return o->fact == NONE ? STR("")
				       : rb->kinds[rb->blocks[rb->parts[o->part].block].case_kind]
					     .facts[o->fact]
					     .name;
	case ACTION_PAY:
	case ACTION_START:
	case ACTION_STOP:
		return o->schedule == NONE ? STR("")
					   : rb->blocks[rb->schedules[o->schedule].block].name;
	case ACTION_REFER:
	case ACTION_NOTIFY:
	case ACTION_DENY:
		return STR("");
	case ACTION_BROKEN:
		return rb->blocks[rb->parts[o->part].block].name;
	}
	return STR("");
}

/* Names are copied too: the rulebook may be gone before the unit is written. */
static void fill_outcome(struct ledger_unit *u, const struct rulebook *own,
			 const struct decision *d, const struct outcome *o,
			 struct ledger_outcome *row)
{
	const struct rulebook *rb = outcome_rulebook(o, own);
	*row = (struct ledger_outcome){
	    .id = o->id,
	    .kind = outcome_kind(o),
	    .fund = arena_str(&u->arena, name_of(rb->funds, o->fund)),
	    .name = o->has_amount ? arena_str(&u->arena, outcome_name(rb, o)) : STR(""),
	    .has_amount = o->has_amount,
	    .cents = o->cents,
	};
	if (o->draw.pot == POT_NONE)
		return;
	row->draw = outcome_pot(own, d, o);
	row->draw.name = arena_str(&u->arena, row->draw.name);
	row->draw.county = arena_str(&u->arena, row->draw.county);
	row->draw.reserved = o->draw.reserved;
	row->draw.committed = o->draw.committed;
	row->draw.served = o->draw.pot == POT_CAPACITY ? d->event.day : DAY_NONE;
}

void ledger_unit_decision(struct ledger_unit *u, const struct rulebook *rb,
			  const struct decision *d, struct ledger_stamp stamp, struct str event,
			  struct str decision)
{
	struct ledger_record *r = arena_alloc(&u->arena, sizeof(*r));
	r->seq = stamp.seq;
	r->prev_seq = u->last_seq;
	r->key = d->event.key;
	r->received_us = stamp.received_us;
	r->policy = stamp.policy;
	r->county = arena_str(&u->arena, rb->counties[d->event.county].name);
	r->event = arena_str(&u->arena, event);
	r->decision = arena_str(&u->arena, decision);
	r->outcomes = arena_array(&u->arena, d->n, sizeof(*r->outcomes));
	r->noutcomes = d->n;
	for (size_t i = 0; i < d->n; i++)
		fill_outcome(u, rb, d, &d->outcomes[i], &r->outcomes[i]);
	for (size_t i = 0; i < d->n; i++)
		r->outcomes[i].line_change = pots_line_change(rb, d, i);
	if (u->last)
		u->last->next = r;
	else
		u->first = r;
	u->last = r;
	u->last_seq = stamp.seq;
}

void ledger_unit_disclosure(struct ledger_unit *u, const struct ledger_disclosure *d)
{
	struct ledger_disclosure *own = arena_alloc(&u->arena, sizeof(*own));
	*own = *d;
	own->next = u->disclosures;
	own->county = arena_str(&u->arena, d->county);
	own->route = arena_str(&u->arena, d->route);
	own->share = arena_str(&u->arena, d->share);
	own->partner = arena_str(&u->arena, d->partner);
	own->asker = arena_str(&u->arena, d->asker);
	own->fields = arena_str(&u->arena, d->fields);
	own->reasons = arena_str(&u->arena, d->reasons);
	u->disclosures = own;
}

void ledger_unit_sender(struct ledger_unit *u, struct str sender)
{
	u->last->sender = arena_str(&u->arena, sender);
}

void ledger_unit_state(struct ledger_unit *u, const struct rulebook *rb,
		       const struct case_state *cs)
{
	struct buf *b = &u->ledger->scratch;
	struct ledger_due due = LEDGER_NOT_DUE;
	if (cs->due.n)
		due = (struct ledger_due){cs->due.at[0].at, cs->due.at[0].day};
	u->due_changed = due.at != u->next_due.at || due.day != u->next_due.day;
	u->next_due = due;
	if (u->is_new) {
		u->case_id = arena_str(&u->arena, cs->id);
		u->kind = arena_str(&u->arena, rb->kinds[cs->kind].name);
		u->county = arena_str(&u->arena, rb->counties[cs->county].name);
	}
	buf_clear(b);
	case_json(b, rb, cs, true);
	u->state = arena_str(&u->arena, buf_view(b));
}

/* ---- policies ---- */

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

static const struct ledger_policy_row *policy_row(struct arena *a, const struct rulebook *rb,
						  uint32_t number, int64_t now_us)
{
	struct ledger_policy_row *row = arena_alloc(a, sizeof(*row));
	struct source *sources = arena_array(a, rb->nsources, sizeof(*sources));
	for (uint32_t i = 0; i < rb->nsources; i++) {
		sources[i].name = arena_str(a, rb->sources[i].name);
		sources[i].text = arena_str(a, rb->sources[i].text);
	}
	qsort(sources, rb->nsources, sizeof(*sources), by_name); /* the order of the key: log.h */
	row->number = number;
	memcpy(row->version, rb->version, sizeof(row->version));
	row->digest = rb->digest;
	row->recorded_us = now_us;
	row->sources = sources;
	row->nsources = rb->nsources;
	return row;
}

uint32_t ledger_find_policy(const struct ledger *l, const struct hash256 *digest)
{
	for (size_t i = 0; i < l->policies.n; i++)
		if (!memcmp(l->policies.at[i].digest.b, digest->b, sizeof(digest->b)))
			return l->policies.at[i].number;
	return 0;
}

uint32_t ledger_policy(struct ledger *l, const struct rulebook *rb, int64_t now_us)
{
	uint32_t number = ledger_find_policy(l, &rb->digest);
	if (number)
		return number;
	number = l->next_policy++;
	*vec_push(&l->policies) = (struct known_policy){rb->digest, number};
	struct ledger_unit *u = ledger_unit_new(l, NULL);
	u->policy = policy_row(&u->arena, rb, number, now_us);
	ledger_submit(l, u);
	return number;
}
