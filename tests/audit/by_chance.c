/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/audit/by_chance.h"

#include "engine/policy/reads.h"

#include <stdio.h>
#include <string.h>

unsigned by_chance_roll(struct by_chance *c, unsigned n)
{
	c->state += 0x9E3779B97F4A7C15u;
	uint64_t z = c->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

/* ---- what the policy names ---- */

static void note_code(void *arg, const struct code *code)
{
	struct by_chance *c = arg;
	for (uint32_t i = 0; i < code->n; i++)
		if (code->at[i].op == OP_CONST && code->at[i].k.known &&
		    !type_is_text(code->at[i].k.kind))
			*vec_push(&c->numbers) = code->at[i].k.i;
}

static void note_period(void *arg, const struct period *p)
{
	struct by_chance *c = arg;
	if (p->param == NONE)
		*vec_push(&c->numbers) = p->n;
}

static void note_rows(struct by_chance *c, const struct table *t)
{
	for (uint16_t r = 0; r < t->nrows; r++)
		for (uint16_t i = 0; t->rows[r].cells && i < t->ninputs; i++)
			for (uint16_t k = 0; k < t->rows[r].cells[i].n; k++)
				*vec_push(&c->numbers) = t->rows[r].cells[i].at[k].lo.n;
}

static void note_params(struct by_chance *c, uint16_t county)
{
	for (uint16_t p = 0; p < c->rb->nparams; p++) {
		const struct dated_list *l = &c->rb->counties[county].values[p];
		for (uint16_t i = 0; i < l->n; i++) {
			if (!type_is_text(c->rb->params[p].type.kind))
				*vec_push(&c->numbers) = l->at[i].value.i;
			if (i)
				*vec_push(&c->days) = l->at[i].from;
		}
	}
}

void by_chance_init(struct by_chance *c, const struct rulebook *rb, uint64_t seed)
{
	*c = (struct by_chance){.rb = rb, .state = seed};
	for (int64_t n = 0; n < 3; n++)
		*vec_push(&c->numbers) = n;
	for (uint32_t i = 0; i < rb->nparts; i++)
		part_reads(rb, &rb->parts[i], &(struct part_reader){note_code, note_period, c});
	for (uint16_t i = 0; i < rb->nnevers; i++)
		note_code(c, &rb->nevers[i].when);
	for (uint16_t i = 0; i < rb->ntables; i++)
		note_rows(c, &rb->tables[i]);
	for (uint16_t i = 0; i < rb->ncounties; i++) {
		*vec_push(&c->days) = rb->counties[i].first_day;
		note_params(c, i);
	}
}

void by_chance_release(struct by_chance *c)
{
	vec_release(&c->numbers);
	vec_release(&c->days);
	vec_release(&c->came);
	arena_release(&c->arena);
}

/* ---- values ---- */

static struct str name_of_case(struct by_chance *c, uint16_t kind, unsigned n)
{
	char name[64];
	int len = snprintf(name, sizeof(name), "%u_%u", (unsigned)kind, n);
	return arena_str(&c->arena, (struct str){name, (size_t)len});
}

static int64_t number(struct by_chance *c, const struct type *t)
{
	int64_t n = c->numbers.at[by_chance_roll(c, (unsigned)c->numbers.n)];
	n += (int64_t)by_chance_roll(c, 3) - 1;
	if (!t->has_range)
		return n;
	if (n >= t->min && n <= t->max)
		return n;
	return by_chance_roll(c, 2) || t->max - t->min > 1000
		   ? t->min
		   : t->min + by_chance_roll(c, (unsigned)(t->max - t->min) + 1);
}

static struct value value_of(struct by_chance *c, const struct type *t)
{
	switch (t->kind) {
	case TYPE_YES_NO:
		return value_int(t->kind, by_chance_roll(c, 2));
	case TYPE_CHOICE:
		return value_int(t->kind, by_chance_roll(c, c->rb->choices[t->of].n));
	case TYPE_TEXT:
		return value_str(t->kind, by_chance_roll(c, 2) ? STR("text") : STR("other"));
	case TYPE_REF:
		return value_str(t->kind, name_of_case(c, t->of, by_chance_roll(c, CASES_EACH)));
	case TYPE_DATE:
		return value_int(t->kind, c->day + (int32_t)by_chance_roll(c, 61) - 40);
	default:
		return value_int(t->kind, number(c, t));
	}
}

/* ---- events ---- */

bool by_chance_begin(struct by_chance *c)
{
	arena_reset(&c->arena);
	c->n = c->came.n = 0;
	c->minute = 0;
	for (int tries = 0; tries < 1000; tries++) {
		c->county = (uint16_t)by_chance_roll(c, c->rb->ncounties);
		const struct county *k = &c->rb->counties[c->county];
		if (!k->nadopts)
			continue;
		c->day = c->days.at[by_chance_roll(c, (unsigned)c->days.n)] -
			 (int32_t)by_chance_roll(c, 40);
		if (c->day < k->first_day)
			c->day = k->first_day;
		return true;
	}
	return false;
}

static void let_time_pass(struct by_chance *c)
{
	static const int32_t gaps[] = {0, 0,  0,  0,  1,  1,  1,  2,   5,
				       7, 13, 14, 15, 30, 31, 61, 100, 366};
	int32_t gap = gaps[by_chance_roll(c, sizeof(gaps) / sizeof(*gaps))];
	c->minute = gap ? 0 : c->minute + 1;
	c->day += gap;
	if (c->minute >= 1000) {
		c->minute = 0;
		c->day++;
	}
}

static bool has_case(const struct stream *s, struct str id, size_t *proposals)
{
	const struct case_state *cs = stream_case(s, id);
	*proposals = cs ? cs->proposals.n : 0;
	return cs && *proposals;
}

/* Somebody approves or declines something that is proposed. */
static bool answer(struct by_chance *c, const struct stream *s, struct event *ev)
{
	size_t n;
	if (by_chance_roll(c, 3) || !has_case(s, ev->subject, &n))
		return false;
	const struct proposal *p =
	    &stream_case(s, ev->subject)->proposals.at[by_chance_roll(c, (unsigned)n)];
	char hex[2 * sizeof(p->outcome.b)];
	ev->type = by_chance_roll(c, 4) ? EVENT_APPROVED : EVENT_DECLINED;
	const struct event_type *t = &c->rb->events[ev->type];
	ev->fields = arena_array(&c->arena, t->nfields, sizeof(*ev->fields));
	for (uint16_t i = 0; i < t->nfields; i++)
		ev->fields[i] = value_missing(t->fields[i].type.kind);
	hash_hex(p->outcome.b, sizeof(p->outcome.b), hex);
	ev->fields[0] = value_str(TYPE_TEXT, arena_str(&c->arena, (struct str){hex, sizeof(hex)}));
	ev->fields[1] = value_str(TYPE_TEXT, STR("somebody"));
	ev->given = 3;
	return true;
}

static void happen(struct by_chance *c, struct event *ev)
{
	do {
		ev->type =
		    (uint16_t)(EVENT_BUILTINS + by_chance_roll(c, c->rb->nevents - EVENT_BUILTINS));
	} while (!c->rb->events[ev->type].of_kind[ev->kind]);
	const struct event_type *t = &c->rb->events[ev->type];
	ev->fields = arena_array(&c->arena, t->nfields + 1u, sizeof(*ev->fields));
	for (uint16_t i = 0; i < t->nfields; i++) {
		const struct field *f = &t->fields[i];
		bool missing = f->optional && !by_chance_roll(c, 3);
		ev->fields[i] = missing ? value_missing(f->type.kind) : value_of(c, &f->type);
		if (!missing)
			ev->given |= UINT64_C(1) << i;
	}
}

static bool anything_happens(const struct rulebook *rb, uint16_t kind)
{
	for (uint16_t e = EVENT_BUILTINS; e < rb->nevents; e++)
		if (rb->events[e].of_kind[kind])
			return true;
	return false;
}

/* ---- under another rulebook ---- */

static struct value carry(const struct rulebook *from, const struct type *t,
			  const struct rulebook *to, const struct type *u, struct value v)
{
	if (!v.known || t->kind != TYPE_CHOICE)
		return v;
	for (uint16_t i = 0; i < to->choices[u->of].n; i++)
		if (str_eq(to->choices[u->of].names[i], from->choices[t->of].names[v.i]))
			return value_int(TYPE_CHOICE, i);
	return value_missing(TYPE_CHOICE);
}

bool by_chance_carry(struct by_chance *c, const struct rulebook *to, const struct event *ev,
		     struct event *out)
{
	const struct event_type *t = &c->rb->events[ev->type];
	*out = *ev;
	out->type = rulebook_event(to, t->name);
	out->county = rulebook_county(to, c->rb->counties[ev->county].name);
	out->kind = rulebook_kind(to, c->rb->kinds[ev->kind].name);
	if (out->type == NONE || out->county == NONE || out->kind == NONE)
		return false;
	const struct event_type *u = &to->events[out->type];
	out->fields = arena_array(&c->arena, u->nfields + 1u, sizeof(*out->fields));
	out->given = 0;
	for (uint16_t i = 0; i < u->nfields; i++) {
		uint16_t f = field_index(t, u->fields[i].name);
		if (f == NONE)
			return false;
		out->fields[i] =
		    carry(c->rb, &t->fields[f].type, to, &u->fields[i].type, ev->fields[f]);
		out->given |= (uint64_t)out->fields[i].known << i;
	}
	return u->nfields == t->nfields;
}

/* ---- in any order ---- */

#define SOURCE STR("chance")

static struct str numbered(struct by_chance *c, size_t n)
{
	char id[32];
	return arena_str(&c->arena, (struct str){id, (size_t)snprintf(id, sizeof(id), "%zu", n)});
}

/* What occurred some days ago, at another time of the day. */
static void come_late(struct by_chance *c, struct event *ev)
{
	static const int32_t ago[] = {0, 1, 2, 7, 14, 30, 31, 90};
	int32_t day = c->day - ago[by_chance_roll(c, sizeof(ago) / sizeof(*ago))];
	if (day < c->rb->counties[c->county].first_day)
		day = c->rb->counties[c->county].first_day;
	ev->day = day;
	ev->time = zone_instant(c->rb->zone, day, (int32_t)by_chance_roll(c, 1400));
}

/* When it was, what it said, or both. */
static void correct(struct by_chance *c, struct event *ev)
{
	struct event then = *ev;
	struct buf text = {0};
	unsigned what = by_chance_roll(c, 3);
	if (what != 0) {
		come_late(c, &then);
		time_text(&text, zone_utc(), then.time);
		ev->fields[CORRECTED_TIME] =
		    value_str(TYPE_TEXT, arena_str(&c->arena, buf_view(&text)));
		ev->given |= UINT64_C(1) << CORRECTED_TIME;
	}
	if (what != 1) {
		ev->fields[CORRECTED_DATA] = value_str(TYPE_TEXT, STR("by its id"));
		ev->given |= UINT64_C(1) << CORRECTED_DATA;
	}
	buf_release(&text);
}

/* Of something that came, or of the event that comes after the next one. */
static void amend_something(struct by_chance *c, struct event *ev)
{
	const struct came *of = &c->came.at[by_chance_roll(c, (unsigned)c->came.n)];
	struct str id = by_chance_roll(c, 8) ? of->id : numbered(c, c->n + 2);
	ev->subject = of->subject;
	ev->kind = of->kind;
	ev->type = by_chance_roll(c, 2) ? EVENT_RETRACTED : EVENT_CORRECTED;
	const struct event_type *t = &c->rb->events[ev->type];
	ev->fields = arena_array(&c->arena, t->nfields, sizeof(*ev->fields));
	for (uint16_t i = 0; i < t->nfields; i++)
		ev->fields[i] = value_missing(t->fields[i].type.kind);
	ev->fields[AMENDS_EVENT] = value_str(TYPE_TEXT, id);
	ev->fields[AMENDS_SOURCE] = value_str(TYPE_TEXT, SOURCE);
	ev->given = 1u << AMENDS_EVENT | 1u << AMENDS_SOURCE;
	if (ev->type == EVENT_CORRECTED)
		correct(c, ev);
}

bool by_chance_corrects(void *arg, const struct rulebook *rb, const struct event *correction,
			struct event *target, struct arena *a, struct refusal *no)
{
	struct by_chance *c = arg;
	const struct event_type *t = &rb->events[target->type];
	const struct event_type *own =
	    &c->rb->events[rulebook_event(c->rb, rb->events[target->type].name)];
	uint64_t state = c->state;
	int32_t day = c->day;
	(void)a, (void)no;
	if (!correction->fields[CORRECTED_DATA].known)
		return true;
	c->day = target->day;
	memcpy(&c->state, correction->key.b, sizeof(c->state));
	for (uint16_t i = 0; i < own->nfields; i++) {
		uint16_t f = field_index(t, own->fields[i].name);
		struct value v = value_of(c, &own->fields[i].type);
		if (by_chance_roll(c, 2) || f == NONE)
			continue;
		target->fields[f] = carry(c->rb, &own->fields[i].type, rb, &t->fields[f].type, v);
		target->given |= UINT64_C(1) << f;
	}
	c->state = state;
	c->day = day;
	return true;
}

/* ---- the next one ---- */

static void somebody(struct by_chance *c, struct event *ev)
{
	do
		ev->kind = (uint16_t)by_chance_roll(c, c->rb->nkinds);
	while (!anything_happens(c->rb, ev->kind));
	ev->subject = name_of_case(c, ev->kind, by_chance_roll(c, CASES_EACH));
}

struct event by_chance_next(struct by_chance *c, const struct stream *s)
{
	struct event ev = {.source = SOURCE, .county = c->county};
	let_time_pass(c);
	ev.day = c->day;
	ev.time = zone_instant(c->rb->zone, c->day, 60 + c->minute);
	if (c->any_order && c->came.n && !by_chance_roll(c, 5)) {
		amend_something(c, &ev);
	} else {
		somebody(c, &ev);
		if (c->any_order && !by_chance_roll(c, 4))
			come_late(c, &ev);
		if (!answer(c, s, &ev))
			happen(c, &ev);
	}
	ev.id = numbered(c, c->n++);
	ev.key = ev.digest = event_key(ev.source, ev.id);
	*vec_push(&c->came) = (struct came){ev.id, ev.subject, ev.kind};
	return ev;
}
