/* SPDX-License-Identifier: Apache-2.0
 *
 * What provisions read, gathered over one or two rulebooks by the names of the first.
 */
#include "engine/trial/alphabet.h"

#include "engine/policy/reads.h"

#include <stdlib.h>

void alphabet_init(struct alphabet *a, const struct rulebook *rb, uint16_t county, uint16_t kind)
{
	*a = (struct alphabet){.rb = rb, .county = county, .kind = kind, .partner = NONE};
	a->read_facts = arena_array(&a->arena, rb->nkinds, sizeof(*a->read_facts));
	for (uint16_t k = 0; k < rb->nkinds; k++)
		a->read_facts[k] = arena_array(&a->arena, rb->kinds[k].nfacts + 1u, sizeof(bool));
	a->read_fields = arena_array(&a->arena, rb->nevents, sizeof(*a->read_fields));
	for (uint16_t e = 0; e < rb->nevents; e++)
		a->read_fields[e] =
		    arena_array(&a->arena, rb->events[e].nfields + 1u, sizeof(bool));
}

void alphabet_release(struct alphabet *a)
{
	for (size_t i = 0; i <= TYPE_REF; i++) {
		vec_release(&a->pool[i]);
		vec_release(&a->sides[i]);
	}
	vec_release(&a->periods);
	vec_release(&a->days);
	vec_release(&a->proposers);
	vec_release(&a->letters);
	vec_release(&a->people);
	vec_release(&a->others);
	vec_release(&a->leads);
	map_release(&a->covered);
	arena_release(&a->arena);
}

/* ---- what is gathered ---- */

struct covering {
	struct alphabet *a;
	const struct rulebook *rb;
	uint16_t county;
	uint16_t event, kind; /* where the code stands that is read */
	uint32_t block;
};

static void add_value(struct values *list, struct value v)
{
	for (size_t i = 0; i < list->n; i++)
		if (value_eq(list->at[i], v))
			return;
	*vec_push(list) = v;
}

static void add_number(struct covering *c, enum type_kind kind, int64_t n)
{
	struct alphabet *a = c->a;
	uint8_t side = c->rb == a->rb ? 1 : 2;
	size_t i = 0;
	while (i < a->pool[kind].n && a->pool[kind].at[i].i != n)
		i++;
	if (i == a->pool[kind].n) {
		*vec_push(&a->pool[kind]) = value_int(kind, n);
		*vec_push(&a->sides[kind]) = 0;
	}
	a->sides[kind].at[i] |= side;
	a->covered_sides |= side;
}

void alphabet_day(struct alphabet *a, int32_t day)
{
	if (day > DAY_MIN && day < DAY_MAX)
		add_value(&a->days, value_int(TYPE_DATE, day));
}

static void add_period(struct alphabet *a, int64_t n, enum unit unit)
{
	static const int64_t days[] = {[UNIT_DAYS] = 1,
				       [UNIT_WEEKS] = 7,
				       [UNIT_MONTHS] = 31,
				       [UNIT_YEARS] = 366,
				       [UNIT_BUSINESS_DAYS] = 2};
	if (n > 0 && n < 1000 && (size_t)unit < sizeof(days) / sizeof(*days) && days[unit])
		add_value(&a->periods, value_int(TYPE_DAYS, n * days[unit]));
}

static void add_event(struct alphabet *a, struct str name)
{
	uint16_t e = rulebook_event(a->rb, name);
	if (e == NONE || e < EVENT_BUILTINS)
		return;
	for (size_t i = 0; i < a->nevents; i++)
		if (a->events[i] == e)
			return;
	if (a->nevents < ALPHABET_EVENTS)
		a->events[a->nevents++] = e;
	a->nnear = a->nevents;
}

static void read_fact(struct alphabet *a, struct str kind, struct str fact)
{
	uint16_t k = rulebook_kind(a->rb, kind);
	uint16_t f = k == NONE ? NONE : fact_index(&a->rb->kinds[k], fact);
	if (f != NONE)
		a->read_facts[k][f] = true;
}

static void read_field(struct alphabet *a, struct str event, struct str field)
{
	uint16_t e = rulebook_event(a->rb, event);
	uint16_t f = e == NONE ? NONE : field_index(&a->rb->events[e], field);
	if (f != NONE)
		a->read_fields[e][f] = true;
}

/* ---- gathering ---- */

static void cover_block(struct covering *c, uint32_t block);

/* A schedule pays when it has started. */
static bool acts(const struct action *at, uint16_t n, enum action_kind kind, uint16_t name)
{
	for (uint16_t i = 0; i < n; i++)
		if ((at[i].kind == kind && (name == NONE || name == at[i].name)) ||
		    (at[i].kind == ACTION_START && kind == ACTION_PAY) ||
		    acts(at[i].otherwise, at[i].notherwise, kind, name))
			return true;
	return false;
}

/* In any part, also in those that time sets off and that stand in no dispatch. */
static bool block_acts(const struct rulebook *rb, uint32_t block, enum action_kind kind,
		       uint16_t name)
{
	const struct block *k = &rb->blocks[block];
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		if (acts(rb->parts[i].actions, rb->parts[i].nactions, kind, name) ||
		    (kind == ACTION_STOP && rb->parts[i].role == PART_STOPS))
			return true;
	return false;
}

/* The provisions of the county with such an action. */
static void cover_actors(struct covering *c, enum action_kind kind, uint16_t name)
{
	const struct rulebook *rb = c->rb;
	const struct dispatch *d = rb->counties[c->county].dispatch;
	for (uint16_t e = 0; e < rb->nevents; e++) {
		for (uint32_t i = 0; i < d->n[e]; i++) {
			const struct part *p = &rb->parts[d->by_event[e][i].part];
			if (block_acts(rb, p->block, kind, name))
				cover_block(c, p->block);
		}
	}
}

static void cover_fact(struct covering *c, uint16_t kind, uint32_t fact)
{
	if (kind < c->rb->nkinds && fact < c->rb->kinds[kind].nfacts)
		read_fact(c->a, c->rb->kinds[kind].name, c->rb->kinds[kind].facts[fact].name);
}

static void cover_param(struct covering *c, uint16_t param)
{
	const struct param *p = &c->rb->params[param];
	const struct dated_list *l = &c->rb->counties[c->county].values[param];
	for (uint16_t i = 0; i < l->n; i++) {
		alphabet_day(c->a, l->at[i].from);
		if (!type_is_text(p->type.kind) && l->at[i].value.known)
			add_number(c, p->type.kind, l->at[i].value.i);
	}
}

static void cover_code(void *arg, const struct code *code);

static void cover_table(struct covering *c, const struct table *t, uint32_t reading)
{
	for (uint16_t i = 0; i < t->ninputs; i++) {
		if (reading < t->nreadings)
			cover_code(c, &t->readings[reading].inputs[i]);
		for (uint16_t r = 0; r < t->nrows; r++) {
			const struct table_cell *cell =
			    t->rows[r].cells ? &t->rows[r].cells[i] : NULL;
			for (uint16_t k = 0; cell && k < cell->n; k++) {
				const struct table_range *at = &cell->at[k];
				if (at->lo.param == NONE && at->lo.n > INT64_MIN / 2)
					add_number(c, t->inputs[i].type.kind, at->lo.n);
				if (at->hi.param == NONE && at->hi.n < INT64_MAX / 2)
					add_number(c, t->inputs[i].type.kind, at->hi.n);
			}
		}
	}
}

static void cover_insn(struct covering *c, const struct insn *in)
{
	const struct rulebook *rb = c->rb;
	const struct event_type *e = c->event < rb->nevents ? &rb->events[c->event] : NULL;
	switch ((enum op)in->op) {
	case OP_CONST:
		if (in->k.known && !type_is_text(in->k.kind) && in->k.kind != TYPE_CHOICE)
			add_number(c, in->k.kind, in->k.i);
		return;
	case OP_PARAM:
		cover_param(c, in->a);
		return;
	case OP_FACT:
		cover_fact(c, c->kind, in->a);
		return;
	case OP_FACT_FACT:
		cover_fact(c, c->kind, in->a);
		if (c->kind < rb->nkinds)
			cover_fact(c, rb->kinds[c->kind].facts[in->a].type.of, in->b);
		return;
	case OP_FIELD:
	case OP_FIELD_FACT:
		if (!e || in->a >= e->nfields)
			return;
		read_field(c->a, e->name, e->fields[in->a].name);
		if (in->op == OP_FIELD_FACT)
			cover_fact(c, e->fields[in->a].type.of, in->b);
		return;
	case OP_COUNT:
	case OP_COUNT_IN:
	case OP_DAYS_SINCE:
		add_event(c->a, rb->events[in->a].name);
		return;
	case OP_STEP_IS:
		cover_block(c, rb->escalations[in->a].block);
		return;
	case OP_PAID_UNDER:
		cover_block(c, rb->schedules[in->a].block);
		return;
	case OP_PARTNER:
		cover_fact(c, (uint16_t)in->b, in->a);
		return;
	case OP_PLACE:
		cover_actors(c, ACTION_ENROL, in->a);
		return;
	case OP_PLACED_ON:
		cover_actors(c, ACTION_PLACE, in->a);
		return;
	case OP_OWED:
		cover_actors(c, ACTION_ASSESS, NONE);
		return;
	case OP_TABLE:
		cover_table(c, &rb->tables[in->a], TABLE_READING(in->b));
		return;
	default:
		return;
	}
}

static void cover_code(void *arg, const struct code *code)
{
	for (uint32_t i = 0; i < code->n; i++)
		cover_insn(arg, &code->at[i]);
}

static void cover_period(void *arg, const struct period *p)
{
	struct covering *c = arg;
	if (p->param == NONE) {
		add_period(c->a, p->n, p->unit);
		return;
	}
	const struct dated_list *l = &c->rb->counties[c->county].values[p->param];
	for (uint16_t i = 0; i < l->n; i++) {
		alphabet_day(c->a, l->at[i].from);
		add_period(c->a, l->at[i].value.i, p->unit);
	}
}

static void cover_actions(struct covering *c, const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		const struct event_type *e =
		    c->event < c->rb->nevents ? &c->rb->events[c->event] : NULL;
		if (at[i].may)
			add_value(&c->a->proposers,
				  value_str(TYPE_TEXT, c->rb->blocks[c->block].name));
		if (at[i].answered_by != NONE)
			add_event(c->a, c->rb->events[at[i].answered_by].name);
		if (at[i].to.kind == TARGET_FIELD && e)
			read_field(c->a, e->name, e->fields[at[i].to.index].name);
		if (at[i].kind == ACTION_START || at[i].kind == ACTION_STOP)
			cover_block(c, c->rb->schedules[at[i].schedule].block);
		cover_actions(c, at[i].otherwise, at[i].notherwise);
	}
}

/* When it is in force in the county. */
static void cover_days(struct covering *c, uint32_t part)
{
	uint16_t e = c->rb->parts[part].event;
	const struct dispatch *d = c->rb->counties[c->county].dispatch;
	for (uint32_t i = 0; i < d->n[e]; i++) {
		if (d->by_event[e][i].part != part)
			continue;
		alphabet_day(c->a, d->by_event[e][i].from);
		alphabet_day(c->a, d->by_event[e][i].until);
	}
}

static void cover_part(struct covering *c, const struct part *p)
{
	struct covering at = *c;
	at.event = p->event;
	at.block = p->block;
	at.kind = c->rb->blocks[p->block].case_kind;
	add_event(c->a, c->rb->events[p->event].name);
	alphabet_lead(c->a, c->rb, c->county, p);
	part_reads(c->rb, p, &(struct part_reader){cover_code, cover_period, &at});
	cover_actions(&at, p->actions, p->nactions);
}

static void cover_condition(struct covering *c, const struct never *n)
{
	struct covering at = *c;
	at.event = NONE;
	at.kind = c->rb->blocks[n->block].case_kind;
	if (at.kind == NONE)
		at.kind = c->a->kind;
	cover_code(&at, &n->when);
	if (n->after != NONE)
		add_event(c->a, c->rb->events[n->after].name);
}

/* What forbids the same may stop what a promise waits for. */
static void cover_forbidding(struct covering *c, const struct never *promise)
{
	const struct dispatch *d = c->rb->counties[c->county].dispatch;
	for (uint32_t i = 0; i < d->nnevers; i++) {
		const struct never *n = &c->rb->nevers[d->never_days[i].part];
		if (n->action == promise->action)
			cover_condition(c, n);
	}
}

/* What a prohibition or promise speaks of comes from other provisions: those with such actions. */
static void cover_spoken_of(struct covering *c, const struct never *n)
{
	const struct block *k = &c->rb->blocks[n->block];
	cover_actors(c, n->action, n->name);
	cover_condition(c, n);
	for (uint16_t i = 0; i < k->nlimits; i++)
		cover_code(c, &k->limits[i].most);
	if (c->rb->blocks[n->block].kind == BLOCK_ALWAYS)
		cover_forbidding(c, n);
}

/* It has no part: somebody asks. */
static void cover_share(struct covering *c, const struct share *s)
{
	struct covering at = *c;
	at.event = NONE;
	at.kind = c->rb->blocks[s->block].case_kind;
	cover_code(&at, &s->when);
	cover_period(&at, &s->lasts);
	if (s->consent != NONE)
		cover_fact(&at, at.kind, s->consent);
	c->a->partner = rulebook_kind(c->a->rb, c->rb->kinds[s->partner].name);
}

static bool is_new(struct covering *c, uint32_t block)
{
	const struct block *k = &c->rb->blocks[block];
	struct buf key = {0};
	buf_fmt(&key, "%d %u ", c->rb == c->a->rb, (unsigned)block);
	buf_str(&key, k->name);
	bool new = map_put(&c->a->covered, arena_str(&c->a->arena, buf_view(&key)), 0);
	buf_release(&key);
	return new;
}

static void cover_block(struct covering *c, uint32_t block)
{
	const struct rulebook *rb = c->rb;
	const struct block *k = &rb->blocks[block];
	if (!is_new(c, block))
		return;
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		cover_part(c, &rb->parts[i]), cover_days(c, i);
	if (k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS)
		cover_spoken_of(c, &rb->nevers[k->detail]);
	if (k->kind == BLOCK_SHARE)
		cover_share(c, &rb->shares[k->detail]);
	if (k->kind == BLOCK_SCHEDULE) {
		add_period(c->a, 1, rb->schedules[k->detail].plan.unit);
		/* One that other provisions start has no trigger of its own. */
		for (uint32_t i = 0; !k->nparts && i < rb->nparts; i++)
			for (uint16_t j = 0; j < rb->parts[i].nactions; j++)
				if (rb->parts[i].actions[j].kind == ACTION_START &&
				    rb->parts[i].actions[j].schedule == k->detail)
					cover_part(c, &rb->parts[i]);
	}
	for (uint16_t i = 0; i < rb->nprecedences; i++)
		for (uint16_t j = 0; j < rb->precedences[i].nover; j++)
			if (rb->precedences[i].over[j] == block ||
			    rb->precedences[i].block == block)
				cover_block(c, rb->precedences[i].block == block
						   ? rb->precedences[i].over[j]
						   : rb->precedences[i].block);
}

static bool sets_what_is_read(const struct covering *c, uint16_t kind, const struct action *at,
			      uint16_t n)
{
	const struct rulebook *home = c->a->rb;
	uint16_t own = rulebook_kind(home, c->rb->kinds[kind].name);
	for (uint16_t i = 0; own != NONE && i < n; i++) {
		uint16_t fact =
		    at[i].kind == ACTION_SET
			? fact_index(&home->kinds[own], c->rb->kinds[kind].facts[at[i].fact].name)
			: NONE;
		if ((fact != NONE && c->a->read_facts[own][fact]) ||
		    sets_what_is_read(c, kind, at[i].otherwise, at[i].notherwise))
			return true;
	}
	return false;
}

static void cover_setter(struct covering *c, const struct part *p)
{
	uint16_t kind = c->rb->blocks[p->block].case_kind;
	if (kind != NONE && sets_what_is_read(c, kind, p->actions, p->nactions))
		cover_block(c, p->block);
}

/* Provisions that set facts which are read are as good as read; and again for what those read. */
static void cover_setters(struct covering *c)
{
	const struct dispatch *d = c->rb->counties[c->county].dispatch;
	size_t before;
	do {
		before = c->a->covered.n;
		for (uint16_t e = 0; e < c->rb->nevents; e++)
			for (uint32_t i = 0; i < d->n[e]; i++)
				cover_setter(c, &c->rb->parts[d->by_event[e][i].part]);
	} while (c->a->covered.n != before);
}

void alphabet_cover_action(struct alphabet *a, const struct rulebook *rb, uint16_t county,
			   enum action_kind kind, uint16_t name)
{
	struct covering c = {a, rb, county, NONE, a->kind, 0};
	cover_actors(&c, kind, name);
	cover_setters(&c);
	alphabet_day(a, rb->counties[county].first_day);
}

static bool pays_from(const struct rulebook *rb, const struct action *at, uint16_t n, uint16_t fund)
{
	for (uint16_t i = 0; i < n; i++)
		if ((at[i].kind == ACTION_PAY && at[i].fund == fund) ||
		    (at[i].kind == ACTION_START && rb->schedules[at[i].schedule].fund == fund) ||
		    pays_from(rb, at[i].otherwise, at[i].notherwise, fund))
			return true;
	return false;
}

void alphabet_cover_fund(struct alphabet *a, const struct rulebook *rb, uint16_t county,
			 uint16_t fund)
{
	struct covering c = {a, rb, county, NONE, a->kind, 0};
	const struct dispatch *d = rb->counties[county].dispatch;
	for (uint16_t e = 0; e < rb->nevents; e++) {
		for (uint32_t i = 0; i < d->n[e]; i++) {
			const struct part *p = &rb->parts[d->by_event[e][i].part];
			if (pays_from(rb, p->actions, p->nactions, fund))
				cover_block(&c, p->block);
		}
	}
}

void alphabet_cover(struct alphabet *a, const struct rulebook *rb, uint16_t county, uint32_t block)
{
	struct covering c = {a, rb, county, NONE, rb->blocks[block].case_kind, block};
	cover_block(&c, block);
	cover_setters(&c);
	alphabet_day(a, rb->counties[county].first_day);
}
