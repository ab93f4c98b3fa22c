/* SPDX-License-Identifier: Apache-2.0
 *
 * Schedules: what one item is and when items fall due; the parts that start and stop them; and what
 * counties have instead.
 */
#include "grammar/lower.h"

/* The one event that starts the schedule; NONE when there are several, or none. */
static uint16_t only_event(struct book *b, const struct ast_decl *d)
{
	uint32_t found = MAP_NONE;
	for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
		for (const struct ast_word *w = t->events; w; w = w->next) {
			uint32_t e = map_get(&b->rb->event_names, w->s);
			if (found != MAP_NONE && e != found)
				return NONE;
			found = e;
		}
	return found == MAP_NONE ? NONE : (uint16_t)found;
}

static bool knows_events(struct book *b, const struct ast_decl *d)
{
	for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
		for (const struct ast_word *w = t->events; w; w = w->next)
			if (map_get(&b->rb->event_names, w->s) == MAP_NONE)
				return false;
	return true;
}

static const struct ast_action *the_payment(struct book *b, const struct ast_decl *d)
{
	const struct ast_action *pay = d->body.actions;
	struct diag *g;
	if (!pay && d->broken)
		return NULL;
	if (!pay) {
		g = fault(b, W_NO_ACTION, d->span, "the schedule `" STR_FMT "` pays nothing",
			  STR_ARG(d->name.s));
	} else if (pay->next || pay->kind != ACTION_PAY || pay->may) {
		const struct ast_action *odd =
		    pay->kind != ACTION_PAY || pay->may ? pay : pay->next;
		g = fault(b, W_MISPLACED, odd->span,
			  "a schedule has one payment and no other action");
	} else {
		return pay;
	}
	help(b, g,
	     "write one `pay $500 to survivor monthly for 12 months`; put other actions into a "
	     "rule");
	return NULL;
}

/* What the condition of its only trigger makes known. */
static const struct known *start_known(struct scope *s, const struct ast_decl *d)
{
	const struct ast_trigger *t = d->body.triggers;
	if (!t || t->next || !t->when)
		return NULL;
	struct texpr *when = check_condition(s, t->when);
	return when ? check_guards(s->b, when, NULL) : NULL;
}

static void lower_item(struct book *b, uint32_t body, struct scope *s, struct schedule *out)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	const struct ast_action *pay = the_payment(b, d);
	if (!pay)
		return;
	const struct known *known = start_known(s, d);
	struct scope each = *s;
	out->also_running = d->also_running.len != 0;
	if (out->also_running) {
		each.event = NONE;
		each.no_event = "`also for running schedules` works the amount out anew for each "
				"payment, without an event";
	}
	each.used_fields = false;
	struct texpr *amount = pay->amount ? check_money(&each, pay->amount) : NULL;
	if (amount)
		check_guards(b, amount, out->also_running ? NULL : known);
	s->used_fields = each.used_fields;
	out->amount = lower_code(b, amount);
	lower_target(s, &pay->to, known, &out->to);
	if (word_given(&pay->fund))
		out->fund = resolve_fund(b, &pay->fund);
	if (!pay->plan.span.len) {
		help(
		    b,
		    fault(b, W_NO_ACTION, pay->span, "the schedule does not say how often it pays"),
		    "add `monthly for 12 months`, or `every 2 weeks for 6 times`");
		return;
	}
	if (lower_plan(s, &pay->plan, &out->plan) && !out->plan.times.n)
		help(b,
		     fault(b, W_TIMES, pay->plan.span,
			   "the schedule does not say for how long it pays"),
		     "add `for 12 months` or `for 12 times`");
	b->bodies.at[body].uses_fields = s->used_fields;
	b->bodies.at[body].event = s->event;
}

static void lower_starts(struct book *b, uint32_t body, struct part_maker *m)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	struct action start = {
	    .kind = ACTION_START, .fund = NONE, .name = NONE, .answered_by = NONE};
	start.span = d->body.actions ? d->body.actions->span : d->span;
	start.within = (struct period){UNIT_DAYS, -1, NONE};
	start.fact = NONE;
	start.schedule = m->schedule;
	m->fixed = &start;
	m->schedule = NONE;
	for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
		lower_trigger(m, t);
	m->schedule = start.schedule;
	m->fixed = NULL;
}

void lower_schedule(struct book *b, uint32_t body)
{
	const struct body *of = &b->bodies.at[body];
	const struct ast_decl *d = of->decl;
	const struct block *block = &b->rb->blocks[body];
	struct schedule *out = &b->rb->schedules[block->detail];
	uint16_t first = b->rb->blocks[of->replaces].detail;
	*out = (struct schedule){.block = (uint16_t)body, .first = first, .fund = NONE};
	struct part_maker m = {.block = body, .role = PART_PLAIN, .span = d->span};
	m.scope =
	    (struct scope){.b = b, .program = of->program, .kind = block->case_kind, .body = body};
	m.escalation = NONE;
	m.schedule = first;

	struct scope s = m.scope;
	s.elsewhere = true; /* rules may start it on other events */
	s.event = only_event(b, d);
	if (s.event == NONE)
		s.no_event =
		    "only a schedule that a single event starts can read that event's fields";
	if (knows_events(b, d)) /* else its payment may well read their fields */
		lower_item(b, body, &s, out);

	m.scope.event = NONE;
	lower_starts(b, body, &m);
	m.role = PART_STOPS;
	m.label = STR("stops");
	for (const struct ast_trigger *t = d->stops; t; t = t->next) {
		m.span = t->span;
		lower_trigger(&m, t);
	}
	if (!d->holds)
		return;
	m.scope.no_event = "`holds while` is asked on the day of each payment, not with an event";
	struct texpr *holds = check_condition(&m.scope, d->holds);
	check_guards(b, holds, NULL);
	out->holds = lower_code(b, holds);
}

/* ---- after all bodies ---- */

static void wrong_start(struct book *b, const struct body *of, const struct start *s)
{
	struct diag *d =
	    fault(b, W_SCHEDULE_START, s->span,
		  "`" STR_FMT "` needs a field of `" STR_FMT "` and cannot be started here",
		  STR_ARG(of->name), STR_ARG(b->rb->events[of->event].name));
	help(b, d, "start it on that event, or let it read facts instead of fields");
	diag_also(b->diags, d, of->decl->span, "the schedule");
}

/* `first` is by body the first place, counted from 1, that starts it; `next` goes on from there. */
static void check_starts(struct book *b, const uint32_t *first, const uint32_t *next)
{
	for (size_t i = 0; i < b->bodies.n; i++) {
		const struct body *of = &b->bodies.at[i];
		if (b->rb->blocks[i].kind != BLOCK_SCHEDULE || of->broken)
			continue;
		if (!of->decl->body.triggers && !of->decl->broken && !first[of->replaces])
			help(b,
			     fault(b, W_NO_TRIGGER, of->decl->span,
				   "the schedule `" STR_FMT "` never starts", STR_ARG(of->name)),
			     "add `on EVENT`, or `start " STR_FMT "` in a rule", STR_ARG(of->name));
		for (uint32_t at = first[of->replaces]; of->uses_fields && at; at = next[at - 1])
			if (b->starts.at[at - 1].event != of->event)
				wrong_start(b, of, &b->starts.at[at - 1]);
	}
}

/* Has the county something else, or nothing, in place of a block from a day on? */
static bool overridden(const struct book *b, uint16_t county, uint32_t body, int32_t day)
{
	for (size_t i = 0; i < b->overrides.n; i++) {
		const struct override *o = &b->overrides.at[i];
		if (o->county == county && o->body == body && o->from <= day)
			return true;
	}
	return false;
}

/* A county that drops a schedule, but not the block that starts it; likewise a table. */
static void check_dropped(struct book *b, const struct override *o, const uint32_t *first,
			  const uint32_t *next)
{
	enum block_kind kind = b->rb->blocks[o->body].kind;
	if (o->by != NO_BODY || (kind != BLOCK_SCHEDULE && kind != BLOCK_TABLE))
		return;
	for (uint32_t at = first[o->body]; at; at = next[at - 1]) {
		const struct start *s = &b->starts.at[at - 1];
		const struct body *by = &b->bodies.at[s->by];
		bool here = by->county == NONE ? !overridden(b, o->county, s->by, o->from)
					       : by->county == o->county;
		if (!here)
			continue;
		struct str sort = block_kind_name(b->rb->blocks[s->by].kind);
		struct diag *d =
		    fault(b, W_DROPPED_START, o->span,
			  "`" STR_FMT "` is dropped, but the " STR_FMT " `" STR_FMT "` still %s",
			  STR_ARG(b->bodies.at[o->body].name), STR_ARG(sort), STR_ARG(by->name),
			  kind == BLOCK_TABLE ? "looks it up" : "starts it");
		help(b, d, "write `drop " STR_FMT " " STR_FMT "` as well, or replace it",
		     STR_ARG(sort), STR_ARG(by->name));
		diag_also(b->diags, d, s->span,
			  kind == BLOCK_TABLE ? "looked up here" : "started here");
		return;
	}
}

/* The variants of a block's detail; NULL: its kind has none. */
static struct variants *variants_of(struct rulebook *rb, uint32_t body)
{
	const struct block *block = &rb->blocks[body];
	if (block->kind == BLOCK_SCHEDULE)
		return &rb->schedules[block->detail].variants;
	if (block_has_steps(block->kind))
		return &rb->escalations[block->detail].variants;
	return block->kind == BLOCK_TABLE ? &rb->tables[block->detail].variants : NULL;
}

/* Overrides stand by county, then block, then day. */
static void add_variants(struct book *b)
{
	struct rulebook *rb = b->rb;
	uint16_t *count = arena_array(&b->arena, b->bodies.n, sizeof(*count));
	for (size_t i = 0; i < b->overrides.n; i++)
		count[b->overrides.at[i].body]++;
	for (uint32_t i = 0; i < b->bodies.n; i++)
		if (count[i] && variants_of(rb, i))
			variants_of(rb, i)->at =
			    arena_array(&rb->arena, count[i], sizeof(struct variant));
	for (size_t i = 0; i < b->overrides.n; i++) {
		const struct override *o = &b->overrides.at[i];
		struct variants *v = variants_of(rb, o->body);
		if (v)
			v->at[v->n++] = (struct variant){
			    o->county, o->from, o->by == NO_BODY ? NONE : rb->blocks[o->by].detail};
	}
}

void lower_variants(struct book *b)
{
	uint32_t *first = arena_array(&b->arena, b->bodies.n, sizeof(*first));
	uint32_t *next = arena_array(&b->arena, b->starts.n, sizeof(*next));
	for (uint32_t i = 0; i < b->starts.n; i++) {
		next[i] = first[b->starts.at[i].body];
		first[b->starts.at[i].body] = i + 1;
	}
	check_starts(b, first, next);
	for (size_t i = 0; i < b->overrides.n; i++)
		check_dropped(b, &b->overrides.at[i], first, next);
	add_variants(b);
}
