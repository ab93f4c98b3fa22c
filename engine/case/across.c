/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/case/across.h"

#include "engine/case/pots.h"

uint16_t across_county(const struct rulebook *from, uint16_t county, const struct rulebook *to)
{
	if (from == to || county == NONE)
		return county;
	return rulebook_county(to, from->counties[county].name);
}

uint16_t across_kind(const struct rulebook *from, uint16_t kind, const struct rulebook *to)
{
	if (from == to || kind == NONE)
		return kind;
	return rulebook_kind(to, from->kinds[kind].name);
}

static uint16_t find(struct str name, const struct named *list, uint16_t n)
{
	for (uint16_t i = 0; list && i < n; i++)
		if (str_eq(list[i].name, name))
			return i;
	return NONE;
}

/* ---- values ---- */

static bool across_choice(const struct choice_set *from, int64_t i, const struct choice_set *to,
			  struct value *out)
{
	for (uint16_t k = 0; k < to->n; k++) {
		if (!str_eq(to->names[k], from->names[i]))
			continue;
		*out = value_int(TYPE_CHOICE, k);
		return true;
	}
	return false;
}

bool across_value(const struct rulebook *from, const struct type *type, struct value v,
		  const struct rulebook *to, const struct type *as, struct value *out)
{
	*out = v;
	if (from == to)
		return true;
	if (type->kind != as->kind)
		return false;
	if (!v.known || type->kind != TYPE_CHOICE)
		return true;
	return across_choice(&from->choices[type->of], v.i, &to->choices[as->of], out);
}

/* ---- outcomes ---- */

static const struct named *pots_of(const struct rulebook *rb, enum pot_kind kind, uint16_t *n)
{
	switch (kind) {
	case POT_FUND:
		*n = rb->nfunds;
		return rb->funds;
	case POT_CAPACITY:
		*n = rb->ncapacities;
		return rb->capacities;
	case POT_DOCKET:
		*n = rb->ndockets;
		return rb->dockets;
	case POT_NONE:
	case POT_KINDS:
		break;
	}
	*n = 0;
	return NULL;
}

struct draw across_draw(const struct rulebook *from, const struct draw *d,
			const struct rulebook *to)
{
	struct draw out = *d;
	uint16_t n;
	if (from == to || d->pot == POT_NONE)
		return out;
	const struct named *list = pots_of(to, d->pot, &n);
	out.index = find(pot_name(from, d->pot, d->index), list, n);
	return out;
}

static uint16_t across_name(const struct rulebook *from, const struct outcome *o,
			    const struct rulebook *to)
{
	uint16_t nfrom, nto;
	const struct named *a = outcome_names(from, o->action, &nfrom);
	const struct named *b = outcome_names(to, o->action, &nto);
	return o->name < nfrom ? find(a[o->name].name, b, nto) : NONE;
}

struct outcome across_outcome(const struct rulebook *from, const struct outcome *o,
			      const struct rulebook *to)
{
	struct outcome out = *o;
	if (from == to)
		return out;
	out.name = across_name(from, o, to);
	out.fund = o->fund == NONE ? NONE : find(from->funds[o->fund].name, to->funds, to->nfunds);
	out.draw = across_draw(from, &o->draw, to);
	return out;
}

/* ---- events ---- */

static void lacks(struct refusal *no, struct arena *a, struct str where, struct str name,
		  const char *what)
{
	refusal_add(no, a, "unknown-event", where,
		    "the version of the policy that was in force at that time has no %s " STR_FMT,
		    what, STR_ARG(name));
}

static void across_field(const struct rulebook *from, const struct field *f, struct value v,
			 const struct rulebook *to, struct event *out, struct arena *a,
			 struct refusal *no)
{
	const struct event_type *type = &to->events[out->type];
	uint16_t i = field_index(type, f->name);
	if (i == NONE) {
		lacks(no, a, STR("data"), f->name, "field");
	} else if (!across_value(from, &f->type, v, to, &type->fields[i].type, &out->fields[i])) {
		lacks(no, a, STR("data"), f->name, "such value of");
	} else {
		out->given |= UINT64_C(1) << i;
	}
}

static void across_fields(const struct rulebook *from, const struct event *ev,
			  const struct rulebook *to, struct event *out, struct arena *a,
			  struct refusal *no)
{
	const struct event_type *was = &from->events[ev->type], *is = &to->events[out->type];
	out->given = 0;
	out->fields = arena_array(a, is->nfields, sizeof(*out->fields));
	for (uint16_t i = 0; i < is->nfields; i++)
		out->fields[i] = value_missing(is->fields[i].type.kind);
	for (uint16_t i = 0; i < was->nfields; i++)
		if (ev->given >> i & 1)
			across_field(from, &was->fields[i], ev->fields[i], to, out, a, no);
}

bool across_event(const struct rulebook *from, const struct event *ev, const struct rulebook *to,
		  struct arena *a, struct event *out, struct refusal *no)
{
	*out = *ev;
	if (from == to)
		return true;
	out->type = rulebook_event(to, from->events[ev->type].name);
	out->county = across_county(from, ev->county, to);
	out->kind = across_kind(from, ev->kind, to);
	out->day = zone_day(to->zone, ev->time);
	if (out->county == NONE)
		lacks(no, a, STR("county"), from->counties[ev->county].name, "county");
	if (out->kind == NONE && ev->kind != NONE)
		lacks(no, a, STR("casekind"), from->kinds[ev->kind].name, "kind of case");
	if (out->type == NONE)
		lacks(no, a, STR("type"), from->events[ev->type].name, "event");
	else
		across_fields(from, ev, to, out, a, no);
	return !no->slug;
}

/* ---- facts ---- */

void across_facts(const struct rulebook *from, const struct case_state *cs,
		  const struct rulebook *to, struct case_state *out)
{
	const struct case_kind *was = &from->kinds[cs->kind], *is = &to->kinds[out->kind];
	for (uint16_t i = 0; i < is->nfacts; i++) {
		uint16_t k = fact_index(was, is->facts[i].name);
		struct value v;
		if (k != NONE && across_value(from, &was->facts[k].type, cs->facts[k], to,
					      &is->facts[i].type, &v))
			case_set_fact(to, out, i, v);
	}
}
