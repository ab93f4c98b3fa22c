/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/history.h"

#include "engine/base/limits.h"
#include "engine/case/across.h"
#include "engine/case/json.h"

bool history_decision(struct history *h)
{
	return ++h->decisions < LIMIT_HISTORY;
}

void history_event(struct history *h, const struct rulebook *rb, const struct event *ev)
{
	*vec_push(&h->events) = (struct past_event){*ev, rb};
}

static struct value keep_value(struct arena *a, struct value v)
{
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(a, value_as_str(v)).p;
	return v;
}

/* The key of the event, then names, so that it is the same under every version. */
static struct str key_of(struct arena *a, struct hash128 event, const struct str *names, size_t n)
{
	struct buf b = {0};
	buf_bytes(&b, event.b, sizeof(event.b));
	for (size_t i = 0; i < n; i++) {
		buf_str(&b, names[i]);
		buf_char(&b, '\0');
	}
	struct str key = arena_str(a, buf_view(&b));
	buf_release(&b);
	return key;
}

static struct str input_key(struct arena *a, const struct rulebook *rb, struct hash128 event,
			    const struct input *in)
{
	const struct case_kind *k = &rb->kinds[in->kind];
	const struct str names[] = {k->name, k->facts[in->fact].name, in->id};
	return key_of(a, event, names, 3);
}

void history_input(struct history *h, const struct rulebook *rb, struct hash128 event,
		   const struct input *in)
{
	struct str key = input_key(&h->arena, rb, event, in);
	if (map_get(&h->input_keys, key) != MAP_NONE)
		return;
	map_put(&h->input_keys, key, (uint32_t)h->inputs.n);
	*vec_push(&h->inputs) =
	    (struct past_input){keep_value(&h->arena, in->value), rb, in->kind, in->fact};
}

static struct str pot_input_key(struct arena *a, const struct rulebook *rb, struct hash128 event,
				const struct pot_input *in)
{
	char which[1 + sizeof(in->from)];
	which[0] = (char)in->pot;
	memcpy(which + 1, &in->from, sizeof(in->from));
	const struct str names[] = {{which, sizeof(which)}, pot_name(rb, in->pot, in->index)};
	return key_of(a, event, names, 2);
}

void history_pot(struct history *h, const struct rulebook *rb, struct hash128 event,
		 const struct pot_input *in)
{
	struct str key = pot_input_key(&h->arena, rb, event, in);
	map_put(&h->pot_keys, key, (uint32_t)h->pots.n);
	*vec_push(&h->pots) = *in;
}

static struct str id_key(const struct hash128 *id)
{
	return (struct str){(const char *)id->b, sizeof(id->b)};
}

static void history_reversal(struct history *h, struct hash128 of)
{
	uint32_t i = map_get(&h->outcome_ids, id_key(&of));
	if (i != MAP_NONE)
		h->outcomes.at[i].gone = true;
}

void history_outcome(struct history *h, const struct rulebook *rb, const struct outcome *o,
		     struct hash128 content)
{
	if (o->reversal) {
		history_reversal(h, o->of);
		return;
	}
	map_put(&h->outcome_ids, arena_str(&h->arena, id_key(&o->id)), (uint32_t)h->outcomes.n);
	*vec_push(&h->outcomes) = (struct past_outcome){
	    .outcome = {.id = o->id,
			.action = o->action,
			.proposal = o->proposal,
			.part = o->part,
			.span = o->span,
			.has_amount = o->has_amount,
			.cents = o->cents,
			.fund = o->fund,
			.name = o->name,
			.to = arena_str(&h->arena, o->to),
			.fact = o->fact,
			.schedule = o->schedule,
			.item = o->item,
			.times = o->times,
			.of = o->of,
			.has_of = o->has_of,
			.waiting = o->waiting,
			.unfunded = o->unfunded,
			.urgent = o->urgent,
			.draw = o->draw},
	    .rb = rb,
	    .content = content,
	};
}

/* Deadlines and items follow from the others. */
static bool comes_from_outside(const struct event *ev)
{
	return ev->type != EVENT_DEADLINE && ev->type != EVENT_SCHEDULED;
}

static struct event keep_event(struct arena *a, const struct rulebook *rb, struct event ev)
{
	uint16_t n = rb->events[ev.type].nfields;
	struct value *fields = arena_array(a, n, sizeof(*fields));
	for (uint16_t i = 0; i < n; i++)
		fields[i] = keep_value(a, ev.fields[i]);
	ev.fields = fields;
	ev.source = arena_str(a, ev.source);
	ev.id = arena_str(a, ev.id);
	ev.subject = arena_str(a, ev.subject);
	return ev;
}

static struct hash128 read_by(const struct decision *d, struct str source, struct str id)
{
	return source.len ? event_key(source, id) : d->event.key;
}

void history_add(struct history *h, const struct rulebook *rb, const struct decision *d)
{
	history_decision(h);
	if (comes_from_outside(&d->event)) {
		struct event ev = keep_event(&h->arena, rb, d->event);
		history_event(h, rb, &ev);
	}
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct input *in = &d->inputs[i];
		history_input(h, in->under ? in->under : rb, read_by(d, in->source, in->event), in);
	}
	for (size_t i = 0; i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		history_pot(h, in->under ? in->under : rb, read_by(d, in->source, in->event), in);
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		history_outcome(h, outcome_rulebook(o, rb), o, outcome_content(rb, o));
	}
}

void history_release(struct history *h)
{
	vec_release(&h->events);
	vec_release(&h->outcomes);
	vec_release(&h->inputs);
	vec_release(&h->pots);
	map_release(&h->outcome_ids);
	map_release(&h->input_keys);
	map_release(&h->pot_keys);
	arena_release(&h->arena);
}

struct hash128 outcome_content(const struct rulebook *rb, const struct outcome *o)
{
	struct outcome plain = *o;
	struct buf b = {0};
	plain.source = plain.event = (struct str){0};
	plain.under = NULL;
	outcome_json(&b, outcome_rulebook(o, rb), &plain);
	struct hash128 h = hash_sip(b.p, b.len);
	buf_release(&b);
	return h;
}

/* ---- asking ---- */

bool history_read(const struct history *h, const struct rulebook *rb, struct hash128 event,
		  const struct input *wanted, struct value *out)
{
	struct arena a = {0};
	uint32_t i = map_get(&h->input_keys, input_key(&a, rb, event, wanted));
	arena_release(&a);
	if (i == MAP_NONE)
		return false;
	const struct past_input *in = &h->inputs.at[i];
	return across_value(in->rb, &in->rb->kinds[in->kind].facts[in->fact].type, in->value, rb,
			    &rb->kinds[wanted->kind].facts[wanted->fact].type, out);
}

bool history_saw(const struct history *h, const struct rulebook *rb, struct hash128 event,
		 struct pot_input *wanted)
{
	struct arena a = {0};
	uint32_t i = map_get(&h->pot_keys, pot_input_key(&a, rb, event, wanted));
	arena_release(&a);
	if (i == MAP_NONE)
		return false;
	wanted->reserved = h->pots.at[i].reserved;
	wanted->committed = h->pots.at[i].committed;
	return true;
}

size_t history_find(const struct history *h, struct hash128 id)
{
	uint32_t i = map_get(&h->outcome_ids, id_key(&id));
	return i == MAP_NONE || h->outcomes.at[i].gone ? SIZE_MAX : i;
}
