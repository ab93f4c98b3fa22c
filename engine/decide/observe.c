/* SPDX-License-Identifier: Apache-2.0
 *
 * What an event says of the case is written before anything is decided, so that all parts see the
 * same state: facts, counters, and the payment or answer that the built-in events bring.
 */
#include "engine/decide/run.h"

static void observe_facts(struct run *r)
{
	const struct event_type *t = &r->rb->events[r->ev->type];
	for (uint16_t i = 0; i < t->nfields; i++) {
		if (!t->fields[i].sets || !(r->ev->given >> i & 1))
			continue;
		uint16_t fact = t->fields[i].sets[r->cs->kind];
		if (fact == NONE)
			continue;
		*vec_push(&r->s->old_facts) = (struct old_fact){fact, r->cs->facts[fact]};
		r->cs->facts[fact] = case_own_value(r->ev->fields[i]);
		r->cs->facts[fact].kind = (uint8_t)t->fields[i].type.kind;
	}
}

static void observe_count(struct run *r)
{
	size_t i = 0;
	while (i < r->cs->counts.n && r->cs->counts.at[i].event != r->ev->type)
		i++;
	r->counter = i;
	r->previous_day = DAY_NONE;
	if (r->rb->events[r->ev->type].window)
		case_add_recent(r->cs, r->ev->type, r->ev->day);
	if (i == r->cs->counts.n) {
		*case_push(r->cs, counts) = (struct counter){r->ev->type, 1, r->ev->day};
		return;
	}
	struct counter *c = &r->cs->counts.at[i];
	r->previous_day = c->last_day;
	c->n++;
	c->last_day = r->ev->day;
}

/* ---- the built-in events ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_id(struct value v, struct hash128 *id)
{
	if (!v.known || v.kind != TYPE_TEXT || v.len != 2 * sizeof(id->b))
		return false;
	for (size_t i = 0; i < sizeof(id->b); i++) {
		int high = hex_digit(v.s[2 * i]), low = hex_digit(v.s[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		id->b[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void refuse_at(struct run *r, enum status status, const char *slug, struct str where,
		      const char *text)
{
	refusal_add(&r->d->refusal, &r->d->arena, slug, where, "%s", text);
	if (r->status == STATUS_OK)
		r->status = status;
}

static void observe_answer(struct run *r)
{
	struct hash128 id;
	struct value by = r->ev->fields[1];
	if (!by.known || by.len == 0)
		refuse_at(r, STATUS_INVALID, "bad-event", STR("data.by"),
			  "by must name the person who decides on the proposal");
	if (read_id(r->ev->fields[0], &id))
		for (size_t i = 0; i < r->cs->proposals.n; i++)
			if (hash128_eq(r->cs->proposals.at[i].outcome, id))
				r->proposal = i;
	if (r->proposal == SIZE_MAX)
		refuse_at(r, STATUS_NOT_FOUND, "no-such-outcome", STR("data.outcome"),
			  "this case has no open proposal with this id; it may have been decided "
			  "already");
}

static void pay_obligation(struct run *r, struct obligation *o, int64_t cents)
{
	int64_t left = o->cents - o->settled;
	struct buf words = {0};
	if (cents <= left) {
		o->settled += cents;
		r->payment = cents;
		return;
	}
	money_text(&words, left);
	buf_c(&words, " is left of this assessment; a payment may not be more than that");
	buf_char(&words, '\0');
	refuse_at(r, STATUS_INVALID, "bad-event", STR("data.amount"), words.p);
	buf_release(&words);
}

static void observe_payment(struct run *r)
{
	struct hash128 id;
	struct value amount = r->ev->fields[1];
	if (!amount.known || amount.i <= 0) {
		refuse_at(r, STATUS_INVALID, "bad-event", STR("data.amount"),
			  "amount must be more than $0.00");
		return;
	}
	if (read_id(r->ev->fields[0], &id))
		for (size_t i = 0; i < r->cs->owed.n; i++)
			if (hash128_eq(r->cs->owed.at[i].outcome, id))
				r->obligation = i;
	if (r->obligation == SIZE_MAX) {
		refuse_at(r, STATUS_NOT_FOUND, "no-such-outcome", STR("data.outcome"),
			  "this case owes nothing under an outcome with this id; it may be settled "
			  "already");
		return;
	}
	pay_obligation(r, &r->cs->owed.at[r->obligation], amount.i);
}

void observe(struct run *r)
{
	r->s->old_facts.n = 0;
	observe_facts(r);
	observe_count(r);
	switch (r->ev->type) {
	case EVENT_APPROVED:
	case EVENT_DECLINED:
		observe_answer(r);
		break;
	case EVENT_PAYMENT_RECEIVED:
		observe_payment(r);
		break;
	case EVENT_PLACE_FOUND:
		observe_place(r);
		break;
	case EVENT_RETRACTED:
	case EVENT_CORRECTED:
		refuse_at(r, STATUS_INVALID, "late-event", STR("type"),
			  "retractions and corrections are decided with the case's whole history");
		break;
	}
}

void observe_undo(struct run *r)
{
	struct case_state *cs = r->cs;
	while (r->s->old_facts.n) {
		struct old_fact old = r->s->old_facts.at[--r->s->old_facts.n];
		case_drop_value(cs->facts[old.fact]);
		cs->facts[old.fact] = old.value;
	}
	if (r->place != SIZE_MAX)
		cs->places.at[r->place].waiting = true;
	if (r->obligation != SIZE_MAX)
		cs->owed.at[r->obligation].settled -= r->payment;
	if (r->counter == SIZE_MAX)
		return;
	if (r->rb->events[r->ev->type].window)
		case_drop_recent(cs, r->ev->type);
	struct counter *c = &cs->counts.at[r->counter];
	if (--c->n == 0)
		cs->counts.n--; /* it was put at the end */
	c->last_day = r->previous_day;
}

void observe_keep(struct run *r)
{
	for (size_t i = 0; i < r->s->old_facts.n; i++)
		case_drop_value(r->s->old_facts.at[i].value);
	r->s->old_facts.n = 0;
	int32_t window = r->rb->events[r->ev->type].window;
	if (window && r->counter != SIZE_MAX)
		case_prune_recent(r->cs, r->ev->type, r->ev->day - window);
}
