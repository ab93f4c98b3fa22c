/* SPDX-License-Identifier: Apache-2.0
 *
 * From what is read to what may happen: values on both sides of each number, combined. Where all
 * combinations would be too many, those that differ from the first one in the fewest places are
 * taken: what a provision does rarely hangs on many things at once.
 */
#include "engine/trial/alphabet.h"

#include <stdlib.h>

/* ---- values of one thing ---- */

static void take(struct values *out, const struct type *t, struct value v)
{
	if (out->n >= ALPHABET_VALUES)
		return;
	if (t->has_range && v.known && (v.i < t->min || v.i > t->max))
		return;
	for (size_t i = 0; i < out->n; i++)
		if (value_eq(out->at[i], v))
			return;
	*vec_push(out) = v;
}

static int64_t plain_number(const struct type *t)
{
	int64_t n = 1;
	if (t->has_range && n < t->min)
		n = t->min;
	if (t->has_range && n > t->max)
		n = t->max;
	return n;
}

/* On both sides of all that it is compared with; the numbers themselves first. Those that only one
 * of two rulebooks has are what makes the difference: they come before all others. */
static void take_numbers(const struct alphabet *a, struct values *out, const struct type *t)
{
	const struct values *pool = &a->pool[t->kind];
	static const int64_t beside[] = {0, -1, 1};
	for (int common = 0; common < 2; common++)
		for (size_t b = 0; b < 3; b++)
			for (size_t i = 0; i < pool->n; i++)
				if ((a->sides[t->kind].at[i] == a->covered_sides) == common)
					take(out, t, value_int(t->kind, pool->at[i].i + beside[b]));
	if (!out->n)
		take(out, t, value_int(t->kind, plain_number(t)));
	if (t->has_range) { /* the most and the least that there can be */
		take(out, t, value_int(t->kind, t->max));
		take(out, t, value_int(t->kind, t->min));
	}
}

/* Days are counted from the history's own: a date is the day of its first event, or the one before
 * or after. */
static void take_dates(const struct alphabet *a, struct values *out, const struct type *t)
{
	int32_t day = a->nstarts ? a->starts[0] : 0;
	for (int32_t i = 0; i < 3; i++)
		take(out, t, value_int(TYPE_DATE, i < 2 ? day - i : day + 1));
	/* A consent may be as old as it lasts. */
	for (size_t i = 0; a->partner != NONE && i < a->periods.n; i++)
		for (int32_t more = -2; more <= 1; more++)
			take(out, t,
			     value_int(TYPE_DATE, day - (int32_t)a->periods.at[i].i - more));
}

static void take_cases(const struct alphabet *a, struct values *out, const struct type *t)
{
	for (size_t i = 0; i < a->others.n; i++)
		if (a->others.at[i].kind == t->of)
			take(out, t, value_str(TYPE_REF, a->others.at[i].id));
}

static void values_of(const struct alphabet *a, const struct type *t, struct values *out)
{
	switch (t->kind) {
	case TYPE_YES_NO:
		take(out, t, value_int(TYPE_YES_NO, 1));
		take(out, t, value_int(TYPE_YES_NO, 0));
		return;
	case TYPE_CHOICE:
		for (uint16_t i = 0; i < a->rb->choices[t->of].n; i++)
			take(out, t, value_int(TYPE_CHOICE, i));
		return;
	case TYPE_TEXT:
		take(out, t, value_str(TYPE_TEXT, STR("text")));
		return;
	case TYPE_REF:
		take_cases(a, out, t);
		return;
	case TYPE_DATE:
		take_dates(a, out, t);
		return;
	default:
		take_numbers(a, out, t);
	}
}

/* ---- combinations ---- */

struct place_of_choice {
	size_t index; /* of the fact or field */
	struct values values;
};

struct combining {
	struct place_of_choice *at;
	size_t n;
	struct value *now; /* by fact or field */
	size_t size, most, made;
	void (*each)(void *arg, const struct value *now);
	void *arg;
};

/* All that differ from the first in exactly `left` of the places from `from` on. */
static void combine(struct combining *c, size_t from, size_t left)
{
	if (!left) {
		if (c->made < c->most) {
			c->made++;
			c->each(c->arg, c->now);
		}
		return;
	}
	for (size_t i = from; i < c->n && c->made < c->most; i++) {
		struct value first = c->now[c->at[i].index];
		for (size_t v = 1; v < c->at[i].values.n; v++) {
			c->now[c->at[i].index] = c->at[i].values.at[v];
			combine(c, i + 1, left - 1);
		}
		c->now[c->at[i].index] = first;
	}
}

static void combine_all(struct combining *c)
{
	for (size_t differ = 0; differ <= c->n && c->made < c->most; differ++)
		combine(c, 0, differ);
	for (size_t i = 0; i < c->n; i++)
		vec_release(&c->at[i].values);
	mem_free(c->at);
}

/* ---- people ---- */

struct peopling {
	struct alphabet *a;
	uint16_t kind;
	bool other;
};

static bool is_there(const struct alphabet *a, const struct person *x)
{
	for (size_t i = 0; i < a->people.n; i++) {
		uint16_t f = 0, n = a->rb->kinds[x->kind].nfacts;
		while (f < n && value_eq(a->people.at[i].facts[f], x->facts[f]))
			f++;
		if (f == n)
			return true;
	}
	return false;
}

static void add_person(void *arg, const struct value *now)
{
	struct peopling *p = arg;
	struct alphabet *a = p->a;
	uint16_t n = a->rb->kinds[p->kind].nfacts;
	struct person x = {.kind = p->kind,
			   .likely = a->likely,
			   .facts = arena_array(&a->arena, n + 1u, sizeof(*x.facts))};
	struct buf id = {0};
	for (uint16_t i = 0; i < n; i++)
		x.facts[i] = now[i];
	buf_str(&id, a->rb->kinds[p->kind].name);
	if (p->other)
		buf_fmt(&id, "_%zu", a->others.n + 1);
	x.id = arena_str(&a->arena, buf_view(&id));
	buf_release(&id);
	if (p->other)
		*vec_push(&a->others) = x;
	else if (!is_there(a, &x))
		*vec_push(&a->people) = x;
}

/* Beginning with the values of the lead, where one is given. */
static void make_people(struct alphabet *a, uint16_t kind, bool other, const struct lead *lead,
			size_t most)
{
	const struct case_kind *k = &a->rb->kinds[kind];
	struct peopling p = {a, kind, other};
	struct combining c = {.most = most, .each = add_person, .arg = &p};
	c.at = mem_alloc((k->nfacts + 1u) * sizeof(*c.at));
	c.now = arena_array(&a->arena, k->nfacts + 1u, sizeof(*c.now));
	for (uint16_t i = 0; i < k->nfacts; i++) {
		const struct fact *f = &k->facts[i];
		c.now[i] = f->initial;
		if (!a->read_facts[kind][i])
			continue;
		struct place_of_choice *x = &c.at[c.n];
		*x = (struct place_of_choice){.index = i};
		if (lead && lead->facts[i].read)
			take(&x->values, &f->type, lead->facts[i].v);
		if (!other) /* what it is without anybody's doing comes first */
			take(&x->values, &f->type, f->initial);
		struct values more = {0};
		values_of(a, &f->type, &more);
		for (size_t v = 0; v < more.n; v++)
			take(&x->values, &f->type, more.at[v]);
		vec_release(&more);
		if (other)
			take(&x->values, &f->type, f->initial);
		if (!x->values.n) {
			vec_release(&x->values);
			continue;
		}
		c.now[i] = x->values.at[0];
		c.n++;
	}
	combine_all(&c);
}

/* Of every kind that a field of a tried event, or a fact that is read, may name. */
static void make_others(struct alphabet *a)
{
	bool *wanted = arena_array(&a->arena, a->rb->nkinds + 1u, sizeof(*wanted));
	for (size_t i = 0; i < a->nevents; i++) {
		const struct event_type *e = &a->rb->events[a->events[i]];
		for (uint16_t f = 0; f < e->nfields; f++)
			if (e->fields[f].type.kind == TYPE_REF)
				wanted[e->fields[f].type.of] = true;
	}
	const struct case_kind *own = &a->rb->kinds[a->kind];
	for (uint16_t i = 0; i < own->nfacts; i++)
		if (a->read_facts[a->kind][i] && own->facts[i].type.kind == TYPE_REF)
			wanted[own->facts[i].type.of] = true;
	for (uint16_t k = 0; k < a->rb->nkinds; k++)
		if (wanted[k] || k == a->partner)
			make_people(a, k, true, NULL, ALPHABET_OTHERS);
}

static void make_led_people(struct alphabet *a, size_t most)
{
	for (size_t i = 0; i < a->leads.n; i++)
		if (a->leads.at[i].found)
			make_people(a, a->kind, false, &a->leads.at[i], most);
}

/* The plainest first, then those that meet conditions, then what differs from the plainest in a
 * few things, at last what differs from the others in one or two. */
static void make_own(struct alphabet *a)
{
	a->likely = true;
	make_people(a, a->kind, false, NULL, 1);
	make_led_people(a, 1);
	a->likely = false;
	make_people(a, a->kind, false, NULL, ALPHABET_PEOPLE);
	make_led_people(a, ALPHABET_LED);
}

/* ---- letters ---- */

struct lettering {
	struct alphabet *a;
	uint16_t event;
};

static bool is_letter(const struct alphabet *a, const struct letter *x)
{
	for (size_t i = 0; i < a->letters.n; i++) {
		uint16_t f = 0, n = a->rb->events[x->event].nfields;
		if (a->letters.at[i].event != x->event)
			continue;
		while (f < n && value_eq(a->letters.at[i].fields[f], x->fields[f]))
			f++;
		if (f == n)
			return true;
	}
	return false;
}

static void add_letter(void *arg, const struct value *now)
{
	struct lettering *l = arg;
	uint16_t n = l->a->rb->events[l->event].nfields;
	struct letter x = {.event = l->event, .times = 1, .likely = l->a->likely};
	x.fields = arena_array(&l->a->arena, n + 1u, sizeof(*x.fields));
	for (uint16_t i = 0; i < n; i++)
		x.fields[i] = now[i];
	if (!is_letter(l->a, &x))
		*vec_push(&l->a->letters) = x;
}

/* The fact of the case that the field sets; NULL: none. */
static const struct fact *fact_set(const struct alphabet *a, const struct field *f)
{
	uint16_t fact = f->sets ? f->sets[a->kind] : NONE;
	return fact == NONE ? NULL : &a->rb->kinds[a->kind].facts[fact];
}

static bool sets_what_is_read(const struct alphabet *a, const struct field *f)
{
	const struct fact *fact = fact_set(a, f);
	return fact && a->read_facts[a->kind][fact - a->rb->kinds[a->kind].facts];
}

/* What the case would be without anybody's doing comes first: what a provision grants is most often
 * granted to those of whom nothing else is known. */
static void field_values(const struct alphabet *a, const struct field *f, struct values *out)
{
	const struct fact *fact = fact_set(a, f);
	struct values more = {0};
	if (fact && fact->initial.known)
		take(out, &f->type, fact->initial);
	values_of(a, &f->type, &more);
	for (size_t i = 0; i < more.n; i++)
		take(out, &f->type, more.at[i]);
	vec_release(&more);
}

/* A field that nobody reads is left out, or has its plainest value where it must be there.
 * Beginning with the values of the lead, where one is given. */
static void make_letters(struct alphabet *a, uint16_t event, const struct lead *lead, size_t most)
{
	const struct event_type *e = &a->rb->events[event];
	struct lettering l = {a, event};
	struct combining c = {.most = most, .each = add_letter, .arg = &l};
	if (!e->of_kind[a->kind])
		return;
	c.at = mem_alloc((e->nfields + 1u) * sizeof(*c.at));
	c.now = arena_array(&a->arena, e->nfields + 1u, sizeof(*c.now));
	for (uint16_t i = 0; i < e->nfields; i++) {
		const struct field *f = &e->fields[i];
		struct values v = {0};
		bool read = a->read_fields[event][i] || sets_what_is_read(a, f);
		c.now[i] = value_missing(f->type.kind);
		if (lead && lead->fields[i].read && (lead->fields[i].v.known || f->optional))
			take(&v, &f->type, lead->fields[i].v);
		if (read || !f->optional)
			field_values(a, f, &v);
		if (v.n)
			c.now[i] = v.at[0];
		if (read && f->optional)
			take(&v, &f->type, value_missing(f->type.kind));
		if (read && v.n)
			c.at[c.n++] = (struct place_of_choice){i, v};
		else
			vec_release(&v);
	}
	combine_all(&c);
}

static void make_led_letters(struct alphabet *a, uint16_t event, size_t most)
{
	for (size_t i = 0; i < a->leads.n; i++)
		if (a->leads.at[i].found && a->leads.at[i].event == event)
			make_letters(a, event, &a->leads.at[i], most);
}

/* In the same order as people. */
static void make_event(struct alphabet *a, uint16_t event)
{
	a->likely = true;
	make_letters(a, event, NULL, 1);
	make_led_letters(a, event, 1);
	a->likely = false;
	make_letters(a, event, NULL, ALPHABET_FIELDS);
	make_led_letters(a, event, ALPHABET_LED);
}

/* Somebody approves the latest proposal of a block. */
static void make_approvals(struct alphabet *a)
{
	const struct event_type *e = &a->rb->events[EVENT_APPROVED];
	for (size_t i = 0; i < a->proposers.n; i++) {
		struct letter x = {.event = EVENT_APPROVED, .times = 1, .likely = true};
		x.fields = arena_array(&a->arena, e->nfields, sizeof(*x.fields));
		for (uint16_t f = 0; f < e->nfields; f++)
			x.fields[f] = value_missing(e->fields[f].type.kind);
		x.fields[field_index(e, STR("outcome"))] = a->proposers.at[i];
		x.fields[field_index(e, STR("by"))] = value_str(TYPE_TEXT, STR("Ana Ruiz"));
		*vec_push(&a->letters) = x;
	}
}

/* What is counted is reached sooner by several in a row: as many as something is compared with,
 * one fewer, one more. */
static void repeat_letters(struct alphabet *a)
{
	const struct type count = {TYPE_NUMBER, 0, true, 2, ALPHABET_REPEATED};
	struct values times = {0};
	size_t n = a->letters.n;
	for (int64_t side = -1; side <= 1; side++)
		for (size_t i = 0; i < a->pool[TYPE_NUMBER].n; i++)
			take(&times, &count,
			     value_int(TYPE_NUMBER, a->pool[TYPE_NUMBER].at[i].i + side));
	for (size_t i = 0; i < a->pool[TYPE_NUMBER].n; i++) /* several times as many */
		if (a->pool[TYPE_NUMBER].at[i].i > ALPHABET_REPEATED)
			take(&times, &count, value_int(TYPE_NUMBER, ALPHABET_REPEATED));
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; a->letters.at[i].event != NONE && k < times.n; k++) {
			struct letter x = a->letters.at[i];
			x.times = (uint16_t)times.at[k].i;
			*vec_push(&a->letters) = x;
		}
	}
	vec_release(&times);
}

static int by_number(const void *x, const void *y)
{
	int64_t a = ((const struct value *)x)->i, b = ((const struct value *)y)->i;
	return (a > b) - (a < b);
}

static void take_gap(struct alphabet *a, int64_t days, size_t most)
{
	for (size_t i = 0; i < a->ngaps; i++)
		if (a->gaps[i] == days)
			return;
	if (a->ngaps < most)
		a->gaps[a->ngaps++] = (int32_t)days;
}

/* The shortest first; but the longest, after which all deadlines are past, is among the near ones.
 */
static void make_gaps(struct alphabet *a)
{
	if (a->periods.n)
		qsort(a->periods.at, a->periods.n, sizeof(*a->periods.at), by_number);
	take_gap(a, 1, ALPHABET_GAPS);
	take_gap(a, 0, ALPHABET_GAPS);
	for (size_t i = 0; i < a->periods.n; i++) {
		take_gap(a, a->periods.at[i].i + 1, ALPHABET_GAPS - 1);
		take_gap(a, a->periods.at[i].i, ALPHABET_GAPS - 1);
	}
	if (a->periods.n)
		take_gap(a, a->periods.at[a->periods.n - 1].i + 1, ALPHABET_GAPS);
	if (a->ngaps > ALPHABET_NEAR) {
		int32_t longest = (int32_t)a->periods.at[a->periods.n - 1].i + 1;
		size_t at = ALPHABET_NEAR - 1;
		while (a->gaps[at] != longest && at + 1 < a->ngaps)
			at++;
		a->gaps[at] = a->gaps[ALPHABET_NEAR - 1];
		a->gaps[ALPHABET_NEAR - 1] = longest;
	}
}

static void take_start(struct alphabet *a, int64_t day, size_t most)
{
	for (size_t i = 0; i < a->nstarts; i++)
		if (a->starts[i] == day)
			return;
	if (day >= a->rb->counties[a->county].first_day && a->nstarts < most)
		a->starts[a->nstarts++] = (int32_t)day;
}

/* No history begins before the county has a program; the latest days first: then both are in force
 * as they will stay. What begins the day before a change is under way when it comes. */
static void make_starts(struct alphabet *a)
{
	if (a->nstarts)
		return;
	if (a->days.n)
		qsort(a->days.at, a->days.n, sizeof(*a->days.at), by_number);
	for (size_t i = a->days.n; i-- > 0;)
		take_start(a, a->days.at[i].i, ALPHABET_FIRST);
	take_start(a, a->rb->counties[a->county].first_day, a->nstarts ? 0 : 1);
	for (size_t i = a->days.n; i-- > 0;)
		take_start(a, a->days.at[i].i - 1, ALPHABET_STARTS);
}

/* Events that change a fact which is read, and do nothing else here. */
static void add_far_events(struct alphabet *a)
{
	for (uint16_t e = EVENT_BUILTINS; e < a->rb->nevents; e++) {
		const struct event_type *t = &a->rb->events[e];
		bool near = false, sets = false;
		for (size_t i = 0; i < a->nnear; i++)
			near = near || a->events[i] == e;
		for (uint16_t f = 0; f < t->nfields; f++)
			sets = sets || sets_what_is_read(a, &t->fields[f]);
		if (sets && !near && a->nevents < a->nnear + ALPHABET_FAR)
			a->events[a->nevents++] = e;
	}
}

void alphabet_close(struct alphabet *a)
{
	add_far_events(a);
	make_gaps(a);
	make_starts(a);
	make_others(a);
	alphabet_find_leads(a);
	make_own(a);
	/* That nothing happens is the plainest thing to happen. */
	*vec_push(&a->letters) = (struct letter){.event = NONE, .times = 1, .likely = true};
	for (size_t i = 0; i < a->nnear; i++)
		make_event(a, a->events[i]);
	repeat_letters(a);
	make_approvals(a);
	a->nletters = a->letters.n;
	for (size_t i = a->nnear; i < a->nevents; i++)
		make_event(a, a->events[i]);
}
