/* SPDX-License-Identifier: Apache-2.0
 *
 * Consent spreads: from the fact into conditions, from there into the facts that are set and the
 * steps that are entered under them, and on, until nothing is added. Confidential values are looked
 * at place by place, because a fact that takes one must be confidential itself.
 */
#include "engine/analyse/flow.h"

/* Whose names a piece of code reads. */
struct context {
	const struct rulebook *rb;
	uint16_t kind, event; /* NONE: there is none */
};

static const struct fact *fact_at(const struct rulebook *rb, uint16_t kind, uint32_t fact)
{
	return kind != NONE && fact < rb->kinds[kind].nfacts ? &rb->kinds[kind].facts[fact] : NULL;
}

static const struct field *field_read(const struct context *c, const struct insn *in)
{
	if (c->event == NONE || in->a >= c->rb->events[c->event].nfields)
		return NULL;
	return &c->rb->events[c->event].fields[in->a];
}

/* The fact that an instruction reads; NULL when it reads none. */
static const struct fact *fact_read(const struct context *c, const struct insn *in)
{
	const struct fact *ref;
	const struct field *field;
	switch (in->op) {
	case OP_FACT:
		return fact_at(c->rb, c->kind, in->a);
	case OP_FACT_FACT:
		ref = fact_at(c->rb, c->kind, in->a);
		return ref ? fact_at(c->rb, ref->type.of, in->b) : NULL;
	case OP_FIELD_FACT:
		field = field_read(c, in);
		return field ? fact_at(c->rb, field->type.of, in->b) : NULL;
	default:
		return NULL;
	}
}

/* ---- which events start a schedule ---- */

struct starts {
	uint16_t *event;
	bool *several;
};

static void note_starts(struct starts *s, const struct part *p, const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		note_starts(s, p, at[i].otherwise, at[i].notherwise);
		if (at[i].kind != ACTION_START || at[i].schedule == NONE)
			continue;
		uint16_t *event = &s->event[at[i].schedule];
		bool other = *event != NONE && *event != p->event;
		s->several[at[i].schedule] |= other || p->role == PART_OVERDUE;
		*event = p->event;
	}
}

uint16_t *flow_start_events(const struct rulebook *rb, struct arena *arena)
{
	struct starts s = {.event = arena_array(arena, rb->nschedules, sizeof(*s.event)),
			   .several = arena_array(arena, rb->nschedules, sizeof(*s.several))};
	for (uint16_t i = 0; i < rb->nschedules; i++)
		s.event[i] = NONE;
	for (uint32_t i = 0; i < rb->nparts; i++)
		note_starts(&s, &rb->parts[i], rb->parts[i].actions, rb->parts[i].nactions);
	for (uint16_t i = 0; i < rb->nschedules; i++)
		if (s.several[i])
			s.event[i] = NONE;
	return s.event;
}

/* A replacement is started by what starts the program's own schedule. */
static uint16_t event_of_schedule(const struct rulebook *rb, const uint16_t *events, uint16_t i)
{
	return events[i] != NONE ? events[i] : events[rb->schedules[i].first];
}

static struct context part_context(const struct rulebook *rb, const struct part *p)
{
	return (struct context){rb, rb->blocks[p->block].case_kind,
				p->role == PART_OVERDUE ? NONE : p->event};
}

/* ---- consent ---- */

/* How a fact or a step came to depend on a consent. */
struct origin {
	bool set;
	struct str name; /* of the consent */
};

/* What overrides a block depends on a consent. */
struct below {
	struct origin origin;
	struct str above;
};

struct consent {
	const struct rulebook *rb;
	struct below *blocks;  /* by block of the programs */
	struct origin **facts; /* by kind, fact */
	struct origin **steps; /* by escalation, step; 0: none */
	bool *events;          /* that only tell of a consent */
	uint16_t *starts;
	bool changed;
	leak_fn *each;
	void *arg;
};

/* Does the event bring nothing but consents? Then that it came is the consent. */
static bool only_consent(const struct rulebook *rb, const struct event_type *e)
{
	bool any = false;
	for (uint16_t i = 0; i < e->nfields; i++) {
		bool consents = false;
		for (uint16_t k = 0; e->fields[i].sets && k < rb->nkinds; k++) {
			const struct fact *f = fact_at(rb, k, e->fields[i].sets[k]);
			consents |= f && f->consent;
		}
		if (!consents)
			return false;
		any = true;
	}
	return any;
}

static void consent_init(struct consent *c, struct arena *arena)
{
	const struct rulebook *rb = c->rb;
	c->facts = arena_array(arena, rb->nkinds, sizeof(*c->facts));
	c->steps = arena_array(arena, rb->nescalations, sizeof(*c->steps));
	c->events = arena_array(arena, rb->nevents, sizeof(*c->events));
	c->starts = flow_start_events(rb, arena);
	c->blocks = arena_array(arena, rb->nblocks, sizeof(*c->blocks));
	for (uint16_t k = 0; k < rb->nkinds; k++) {
		const struct case_kind *kind = &rb->kinds[k];
		c->facts[k] = arena_array(arena, kind->nfacts, sizeof(**c->facts));
		for (uint16_t i = 0; i < kind->nfacts; i++)
			if (kind->facts[i].consent)
				c->facts[k][i] = (struct origin){true, kind->facts[i].name};
	}
	for (uint16_t i = 0; i < rb->nescalations; i++)
		c->steps[i] =
		    arena_array(arena, rb->escalations[i].nsteps + 1u, sizeof(**c->steps));
	for (uint16_t i = EVENT_BUILTINS; i < rb->nevents; i++)
		c->events[i] = only_consent(rb, &rb->events[i]);
}

static const struct origin *fact_origin(const struct consent *c, const struct fact *f)
{
	for (uint16_t k = 0; f && k < c->rb->nkinds; k++) {
		const struct case_kind *kind = &c->rb->kinds[k];
		if (f >= kind->facts && f < kind->facts + kind->nfacts &&
		    c->facts[k][f - kind->facts].set)
			return &c->facts[k][f - kind->facts];
	}
	return NULL;
}

static struct str step_name(const struct rulebook *rb, uint16_t escalation, uint32_t step)
{
	const struct escalation *e = &rb->escalations[escalation];
	return step ? e->steps[step - 1].name : rb->blocks[e->block].name;
}

/* Does an instruction read what depends on a consent? */
static bool insn_consents(const struct consent *c, const struct context *x, const struct insn *in,
			  struct leak *out)
{
	const struct fact *f = fact_read(x, in);
	const struct origin *o = fact_origin(c, f);
	out->read = in->span;
	out->through = o && !f->consent ? f->name : STR("");
	if (in->op == OP_STEP_IS && c->steps[in->a][in->b].set) {
		o = &c->steps[in->a][in->b];
		out->through = step_name(c->rb, in->a, in->b);
	}
	if ((in->op == OP_COUNT || in->op == OP_COUNT_IN || in->op == OP_DAYS_SINCE) &&
	    c->events[in->a]) {
		out->name = c->rb->events[in->a].name;
		return true;
	}
	if (o)
		out->name = o->name;
	return o != NULL;
}

static bool code_consents(const struct consent *c, const struct context *x, const struct code *code,
			  struct leak *out);

/* What a table gives depends on all that it looks up, in counties' replacements too. */
static bool table_consents(const struct consent *c, const struct context *x, const struct insn *in,
			   struct leak *out)
{
	const struct rulebook *rb = c->rb;
	for (uint16_t t = 0; t < rb->ntables; t++)
		for (uint16_t i = 0; rb->tables[t].first == in->a && i < rb->tables[t].ninputs; i++)
			if (code_consents(
				c, x, &rb->tables[t].readings[TABLE_READING(in->b)].inputs[i], out))
				return true;
	return false;
}

static bool code_consents(const struct consent *c, const struct context *x, const struct code *code,
			  struct leak *out)
{
	for (uint32_t i = 0; i < code->n; i++)
		if (code->at[i].op == OP_TABLE ? table_consents(c, x, &code->at[i], out)
					       : insn_consents(c, x, &code->at[i], out))
			return true;
	return false;
}

static bool steps_consent(const struct consent *c, const struct part *p, struct leak *out)
{
	bool steps = p->role == PART_STEP || p->role == PART_ENDS || p->role == PART_OVERDUE;
	for (uint32_t s = 0; steps && s <= c->rb->escalations[p->escalation].nsteps; s++) {
		if (!(p->after >> s & 1) || !c->steps[p->escalation][s].set)
			continue;
		*out = (struct leak){.name = c->steps[p->escalation][s].name,
				     .through = step_name(c->rb, p->escalation, s)};
		return true;
	}
	return false;
}

static bool override_consents(const struct consent *c, const struct part *p, struct leak *out)
{
	const struct below *b = &c->blocks[c->rb->blocks[p->block].first];
	if (p->role == PART_STOPS || p->role == PART_ENDS || !b->origin.set)
		return false;
	*out = (struct leak){.name = b->origin.name, .through = b->above};
	return true;
}

/* Does it depend on a consent whether a part applies? */
static bool part_consents(const struct consent *c, const struct part *p, struct leak *out)
{
	struct context x = part_context(c->rb, p);
	*out = (struct leak){0};
	if (override_consents(c, p, out))
		return true;
	if (c->events[p->event]) {
		out->name = c->rb->events[p->event].name;
		return true;
	}
	return code_consents(c, &x, &p->when, out) || steps_consent(c, p, out);
}

static void mark(struct consent *c, struct origin *o, struct str name)
{
	if (o->set)
		return;
	*o = (struct origin){true, name};
	c->changed = true;
}

/* Does it depend on a consent whether a block overrides others for an event? */
static bool precedence_consents(const struct consent *c, const struct precedence *p,
				struct leak *out)
{
	const struct block *block = &c->rb->blocks[p->block];
	const struct below *own = &c->blocks[block->first];
	struct context x = {c->rb, block->case_kind, p->event == EVENT_DEADLINE ? NONE : p->event};
	*out = (struct leak){.name = own->origin.name};
	if (own->origin.set || code_consents(c, &x, &p->when, out))
		return true;
	for (uint32_t i = 0; i < block->nparts; i++) {
		const struct part *part = &c->rb->parts[block->first_part + i];
		if (part->event == p->event && part_consents(c, part, out))
			return true;
	}
	return false;
}

/* What overrides stands before what it overrides, so once over all is enough. */
static void spread_overrides(struct consent *c)
{
	for (uint16_t i = 0; i < c->rb->nprecedences; i++) {
		const struct precedence *p = &c->rb->precedences[i];
		struct leak why;
		if (!precedence_consents(c, p, &why))
			continue;
		for (uint16_t k = 0; k < p->nover; k++) {
			struct below *b = &c->blocks[p->over[k]];
			if (!b->origin.set)
				b->above = c->rb->blocks[p->block].name;
			mark(c, &b->origin, why.name);
		}
	}
}

/* What follows when an answer does not come depends on a consent where the answer is one. */
static const struct leak *otherwise_why(const struct consent *c, const struct action *a,
					const struct leak *why, struct leak *own)
{
	if (why || a->answered_by == NONE || !c->events[a->answered_by])
		return why;
	*own = (struct leak){.name = c->rb->events[a->answered_by].name};
	return own;
}

static void spread_sets(struct consent *c, const struct part *p, const struct action *at,
			uint16_t n, const struct leak *why)
{
	struct context x = part_context(c->rb, p);
	for (uint16_t i = 0; i < n; i++) {
		struct leak own = {0};
		spread_sets(c, p, at[i].otherwise, at[i].notherwise,
			    otherwise_why(c, &at[i], why, &own));
		if (at[i].kind == ACTION_ENTER && at[i].escalation != NONE && why)
			mark(c, &c->steps[at[i].escalation][at[i].step], why->name);
		if (at[i].kind != ACTION_SET || at[i].fact == NONE)
			continue;
		const struct leak *from = why                                        ? why
					  : code_consents(c, &x, &at[i].value, &own) ? &own
										     : NULL;
		if (from)
			mark(c, &c->facts[x.kind][at[i].fact], from->name);
	}
}

static void spread_part(struct consent *c, const struct part *p)
{
	struct leak why;
	bool depends = part_consents(c, p, &why);
	if (c->rb->blocks[p->block].case_kind == NONE)
		return;
	spread_sets(c, p, p->actions, p->nactions, depends ? &why : NULL);
	if (!depends)
		return;
	if (p->role == PART_STEP || p->role == PART_OVERDUE)
		mark(c, &c->steps[p->escalation][p->step], why.name);
	if (p->role == PART_ENDS)
		mark(c, &c->steps[p->escalation][0], why.name);
}

/* What somebody gets, or loses: everything but asking, telling and writing down. */
static bool is_service(enum action_kind kind)
{
	return kind != ACTION_REQUIRE && kind != ACTION_NOTIFY && kind != ACTION_SET &&
	       kind != ACTION_ENTER;
}

static void report(const struct consent *c, struct leak leak, struct span at)
{
	leak.at = at;
	c->each(c->arg, &leak);
}

static void report_actions(const struct consent *c, const struct part *p, const struct action *at,
			   uint16_t n, const struct leak *why)
{
	struct context x = part_context(c->rb, p);
	for (uint16_t i = 0; i < n; i++) {
		struct leak own = {0};
		report_actions(c, p, at[i].otherwise, at[i].notherwise,
			       otherwise_why(c, &at[i], why, &own));
		if (!is_service(at[i].kind))
			continue;
		if (why)
			report(c, *why, at[i].span);
		else if (code_consents(c, &x, &at[i].amount, &own) ||
			 code_consents(c, &x, &at[i].plan.times, &own))
			report(c, own, at[i].span);
	}
}

static void report_schedule(const struct consent *c, uint16_t i)
{
	const struct schedule *s = &c->rb->schedules[i];
	struct context x = {c->rb, c->rb->blocks[s->block].case_kind,
			    event_of_schedule(c->rb, c->starts, i)};
	struct leak why = {0};
	if (code_consents(c, &x, &s->holds, &why))
		report(c, why, s->holds.span);
	if (code_consents(c, &x, &s->amount, &why) || code_consents(c, &x, &s->plan.times, &why))
		report(c, why, s->amount.span);
}

static void report_all(const struct consent *c)
{
	const struct rulebook *rb = c->rb;
	for (uint32_t i = 0; i < rb->nparts; i++) {
		const struct part *p = &rb->parts[i];
		struct leak why;
		bool depends = part_consents(c, p, &why);
		report_actions(c, p, p->actions, p->nactions, depends ? &why : NULL);
		if (depends && p->role == PART_STOPS)
			report(c, why, p->span);
	}
	for (uint16_t i = 0; i < rb->nschedules; i++)
		report_schedule(c, i);
	for (uint16_t i = 0; i < rb->nnevers; i++) {
		const struct never *n = &rb->nevers[i];
		struct context x = {rb, rb->blocks[n->block].case_kind, NONE};
		struct leak why = {0};
		if (is_service(n->action) && code_consents(c, &x, &n->when, &why))
			report(c, why, rb->blocks[n->block].span);
	}
}

static bool any_consent(const struct rulebook *rb)
{
	for (uint16_t k = 0; k < rb->nkinds; k++)
		for (uint16_t i = 0; i < rb->kinds[k].nfacts; i++)
			if (rb->kinds[k].facts[i].consent)
				return true;
	return false;
}

void flow_consent(const struct rulebook *rb, struct arena *arena, leak_fn *each, void *arg)
{
	struct consent c = {.rb = rb, .each = each, .arg = arg, .changed = true};
	if (!any_consent(rb))
		return;
	consent_init(&c, arena);
	while (c.changed) {
		c.changed = false;
		spread_overrides(&c);
		for (uint32_t i = 0; i < rb->nparts; i++)
			spread_part(&c, &rb->parts[i]);
	}
	report_all(&c);
}

/* ---- confidential ---- */

struct secrets {
	const struct rulebook *rb;
	leak_fn *each;
	void *arg;
};

/* The confidential thing that a piece of code takes its value from. A table only chooses by it, as
 * a condition does. */
static bool code_reveals(const struct context *x, const struct code *code, struct leak *out)
{
	for (uint32_t i = 0; i < code->n; i++) {
		const struct insn *in = &code->at[i];
		const struct fact *f = fact_read(x, in);
		const struct field *field = in->op == OP_FIELD ? field_read(x, in) : NULL;
		if (!(f && f->confidential) && !(field && field->confidential))
			continue;
		out->read = in->span;
		out->name = f ? f->name : field->name;
		return true;
	}
	return false;
}

static bool target_reveals(const struct context *x, const struct target *to, struct leak *out)
{
	const struct fact *f = to->kind == TARGET_FACT ? fact_at(x->rb, x->kind, to->index) : NULL;
	const struct field *field = NULL;
	if (to->kind == TARGET_FIELD && x->event != NONE)
		field = &x->rb->events[x->event].fields[to->index];
	if (!(f && f->confidential) && !(field && field->confidential))
		return false;
	out->name = f ? f->name : field->name;
	return true;
}

static void reveal(const struct secrets *s, const struct context *x, const struct action *a)
{
	struct leak leak = {.at = a->span};
	const struct fact *into = a->kind == ACTION_SET ? fact_at(x->rb, x->kind, a->fact) : NULL;
	bool reveals = code_reveals(x, &a->amount, &leak) ||
		       code_reveals(x, &a->plan.times, &leak) || target_reveals(x, &a->to, &leak);
	if (!reveals && into && !into->confidential && code_reveals(x, &a->value, &leak)) {
		reveals = true;
		leak.into = into;
	}
	if (reveals)
		s->each(s->arg, &leak);
}

static void reveal_actions(const struct secrets *s, const struct context *x,
			   const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		reveal(s, x, &at[i]);
		reveal_actions(s, x, at[i].otherwise, at[i].notherwise);
	}
}

void flow_confidential(const struct rulebook *rb, struct arena *arena, leak_fn *each, void *arg)
{
	struct secrets s = {rb, each, arg};
	const uint16_t *starts = flow_start_events(rb, arena);
	for (uint32_t i = 0; i < rb->nparts; i++) {
		struct context x = part_context(rb, &rb->parts[i]);
		reveal_actions(&s, &x, rb->parts[i].actions, rb->parts[i].nactions);
	}
	for (uint16_t i = 0; i < rb->nschedules; i++) {
		const struct schedule *d = &rb->schedules[i];
		struct context x = {rb, rb->blocks[d->block].case_kind,
				    event_of_schedule(rb, starts, i)};
		struct leak leak = {.at = d->amount.span};
		if (code_reveals(&x, &d->amount, &leak) ||
		    code_reveals(&x, &d->plan.times, &leak) || target_reveals(&x, &d->to, &leak))
			each(arg, &leak);
	}
}
