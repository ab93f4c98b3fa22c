/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/redecide_internal.h"

#include "engine/base/limits.h"
#include "engine/case/across.h"

#include <stdlib.h>

/* ---- the new history ---- */

static struct value keep_value(struct arena *a, struct value v)
{
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(a, value_as_str(v)).p;
	return v;
}

static struct str id_key(const struct hash128 *id)
{
	return (struct str){(const char *)id->b, sizeof(id->b)};
}

/* An outcome that follows now. */
struct follows {
	struct outcome outcome;
	struct hash128 content;
	bool own;       /* of the late event itself */
	bool unchanged; /* recorded already, with this content */
};

/* An event that has effects. */
struct happened {
	struct str type;
	int32_t day;
};

/* Deciding a history again. */
struct again {
	struct redecision *r;
	const struct event *late;
	const struct case_state *was;
	struct hash128 subject; /* the event of the case that `late` is, or comes down to */
	bool has_subject;
	struct trace
	    *trace; /* of the decisions that somebody looks at, and who asks for the case before */
	void (*before)(void *arg, const struct case_state *cs, const struct event *ev);
	size_t steps;
	int64_t until; /* how far time has come in the end */
	VEC(struct follows) follows;
	VEC(struct outcome) outcomes; /* of the decision */
	VEC(struct input) inputs;
	VEC(struct pot_input) pots;
	VEC(struct void_event) voids;
	VEC(struct happened) happened; /* in order */
};

/* Another case as the version that decides now sees it. */
static const struct case_state *shadow_of(struct redecision *r, const struct case_state *cs,
					  uint16_t kind)
{
	const struct rulebook *rb = r->decider.rb;
	for (size_t i = 0; i < r->shadows.n; i++)
		if (r->shadows.at[i].rb == rb && str_eq(r->shadows.at[i].cs->id, cs->id))
			return r->shadows.at[i].cs;
	struct case_state *as = case_new(rb, cs->id, kind, across_county(r->home, cs->county, rb));
	across_facts(r->home, cs, rb, as);
	*vec_push(&r->shadows) = (struct shadow){rb, as};
	return as;
}

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	struct redecision *r = arg;
	uint16_t at_home = across_kind(r->decider.rb, kind, r->home);
	if (!r->world.find || at_home == NONE)
		return NULL;
	const struct case_state *cs = r->world.find(r->world.arg, at_home, id);
	return !cs || r->decider.rb == r->home ? cs : shadow_of(r, cs, kind);
}

static bool recorded(void *arg, const struct event *ev, const struct input *wanted,
		     struct value *out)
{
	const struct redecision *r = arg;
	return history_read(r->history, r->decider.rb, ev->key, wanted, out);
}

static bool recorded_pot(void *arg, const struct event *ev, struct pot_input *wanted)
{
	const struct redecision *r = arg;
	return history_saw(r->history, r->decider.rb, ev->key, wanted);
}

static bool is_late(const struct again *g, const struct event *ev)
{
	return g->late && hash128_eq(ev->key, g->late->key);
}

/* What is refused for its own sake: the late event, or the one that it gives back or corrects. */
static bool is_subject(const struct again *g, const struct event *ev)
{
	return g->has_subject && hash128_eq(ev->key, g->subject);
}

/* Inputs that are not recorded yet belong to this decision. */
static void keep_inputs(struct again *g, const struct decision *d)
{
	struct arena *a = &g->r->arena;
	for (size_t i = 0; i < d->ninputs; i++) {
		struct input in = d->inputs[i];
		struct value ignored;
		if (recorded(g->r, &d->event, &in, &ignored))
			continue;
		in.id = arena_str(a, in.id);
		in.value = keep_value(a, in.value);
		in.under = g->r->decider.rb;
		if (!is_late(g, &d->event)) {
			in.source = arena_str(a, d->event.source);
			in.event = arena_str(a, d->event.id);
		}
		*vec_push(&g->inputs) = in;
	}
}

static void keep_pots(struct again *g, const struct decision *d)
{
	struct arena *a = &g->r->arena;
	for (size_t i = 0; i < d->npots; i++) {
		struct pot_input in = d->pots[i];
		if (recorded_pot(g->r, &d->event, &in) && in.reserved == d->pots[i].reserved &&
		    in.committed == d->pots[i].committed)
			continue;
		in = d->pots[i];
		in.under = g->r->decider.rb;
		if (!is_late(g, &d->event)) {
			in.source = arena_str(a, d->event.source);
			in.event = arena_str(a, d->event.id);
		}
		*vec_push(&g->pots) = in;
	}
}

static void keep_outcome(struct again *g, const struct event *ev, struct outcome o)
{
	struct arena *a = &g->r->arena;
	struct follows *f = vec_push(&g->follows);
	o.to = arena_str(a, o.to);
	o.text = arena_str(a, o.text);
	o.by = arena_str(a, o.by);
	o.value = keep_value(a, o.value);
	*f = (struct follows){.content = outcome_content(g->r->decider.rb, &o),
			      .own = is_late(g, ev)};
	o.under = g->r->decider.rb;
	if (!f->own) {
		o.source = arena_str(a, ev->source);
		o.event = arena_str(a, ev->id);
	}
	f->outcome = o;
}

static void keep(struct again *g, const struct decision *d)
{
	if (g->r->watch)
		g->r->watch(g->r->watch_arg, d);
	keep_inputs(g, d);
	keep_pots(g, d);
	for (size_t i = 0; i < d->n; i++) {
		again_draw(g->r, &d->outcomes[i]);
		keep_outcome(g, &d->event, d->outcomes[i]);
	}
}

static enum status too_long(struct again *g)
{
	refusal_add(&g->r->refusal, &g->r->arena, "limit", STR("time"),
		    "the history of the case would have to be decided again, and it is longer "
		    "than %u events and deadlines",
		    LIMIT_HISTORY);
	return STATUS_LIMIT;
}

/* ---- from one version to the next ---- */

static void set_rulebook(struct redecision *r, const struct rulebook *rb)
{
	struct decider old = r->decider;
	if (old.rb == rb)
		return;
	decider_init(&r->decider, rb, old.world);
	r->decider.trace = old.trace;
	r->decider.before = old.before;
	r->decider.before_arg = old.before_arg;
	r->decider.recorded = old.recorded;
	r->decider.recorded_pot = old.recorded_pot;
	r->decider.kept = old.kept;
	decider_release(&old);
}

static enum status does_not_fit(struct again *g, struct str why)
{
	refusal_add(&g->r->refusal, &g->r->arena, "late-event", STR("time"),
		    "with this event the case cannot go over to a later version: " STR_FMT,
		    STR_ARG(why));
	return STATUS_CONFLICT;
}

/* When events happened that the version counts in a window, and the one before did not. */
static void recall_windows(struct again *g)
{
	struct case_state *cs = g->r->cs;
	const struct rulebook *rb = g->r->decider.rb;
	for (size_t i = 0; i < cs->counts.n; i++) {
		const struct counter c = cs->counts.at[i];
		if (case_recent_is_whole(rb, cs, &c))
			continue;
		case_forget_recent(cs, c.event);
		for (size_t k = 0; k < g->happened.n; k++)
			if (str_eq(g->happened.at[k].type, rb->events[c.event].name))
				case_add_recent(cs, c.event, g->happened.at[k].day);
		case_prune_recent(cs, c.event, c.last_day - rb->events[c.event].window);
	}
}

static enum status begin(struct again *g, const struct rulebook *rb)
{
	struct redecision *r = g->r;
	set_rulebook(r, rb);
	if (r->given) {
		r->cs = case_clone(rb, r->given);
		return STATUS_OK;
	}
	uint16_t kind = across_kind(r->home, g->was->kind, rb), county = again_county(r, rb);
	if (kind == NONE || county == NONE)
		return does_not_fit(g, STR("it does not know the kind of case, or the county"));
	r->cs = case_new(rb, g->was->id, kind, county);
	return STATUS_OK;
}

static enum status go_over(struct again *g, const struct rulebook *rb)
{
	struct redecision *r = g->r;
	struct buf why = {0};
	enum status st = STATUS_OK;
	struct case_state *cs = r->carry(r->carry_arg, r->decider.rb, r->cs, rb, &why);
	if (cs) {
		case_free(r->decider.rb, r->cs);
		r->cs = cs;
		set_rulebook(r, rb);
		recall_windows(g);
	} else {
		st = does_not_fit(g, buf_view(&why));
	}
	buf_release(&why);
	return st;
}

/* Under the version that decides next. */
static enum status come_to(struct again *g, const struct rulebook *rb)
{
	if (!g->r->cs)
		return begin(g, rb);
	return rb == g->r->decider.rb ? STATUS_OK : go_over(g, rb);
}

/* Nobody looks at the others: the history is decided again only for what follows now. */
static void look_at(struct again *g, bool seen)
{
	g->r->decider.trace = seen ? g->trace : NULL;
	g->r->decider.before = seen ? g->before : NULL;
}

/* Fires what is due up to an instant. */
static enum status pass_time(struct again *g, int64_t until)
{
	struct redecision *r = g->r;
	struct decision d;
	int64_t at, still;
	while (r->cs && case_next_due(r->cs, &at) && at <= until) {
		enum status st = come_to(g, reign_at(&r->reigns, at));
		if (st)
			return st;
		if (!case_next_due(r->cs, &still) || still != at)
			continue; /* the version has no such promise any more */
		if (g->steps++ == LIMIT_HISTORY)
			return too_long(g);
		look_at(g, r->watch);
		decide_due(&r->decider, r->cs, &d);
		keep(g, &d);
	}
	return STATUS_OK;
}

static void keep_void(struct again *g, const struct event *ev, const struct refusal *why)
{
	struct arena *a = &g->r->arena;
	*vec_push(&g->voids) = (struct void_event){arena_str(a, ev->source), arena_str(a, ev->id),
						   why->n ? arena_str(a, why->reasons[0].text)
							  : STR("the event is refused"),
						   why->slug ? why->block : NONE};
}

static enum status refuse_late(struct again *g, const struct refusal *why, enum status st)
{
	g->r->refusal = *why;
	return st;
}

/* An event that would be taken as it was sent, but was corrected before it came. */
static void say_corrected(struct again *g, const struct amendments *am)
{
	for (size_t i = 0; i + 1 < am->n; i++) {
		const struct amended *c = &am->at[i];
		if (c->event.type == EVENT_CORRECTED && c->target == am->n - 1 &&
		    c->taken_by == SIZE_MAX && !c->no.slug)
			refusal_add(&g->r->refusal, &g->r->arena, "bad-event", STR(""),
				    "this is the event as the event " STR_FMT " of " STR_FMT
				    " corrected it, which came before it",
				    STR_ARG(c->event.id), STR_ARG(c->event.source));
	}
}

static enum status decide_one(struct again *g, const struct amended *e)
{
	struct redecision *r = g->r;
	const struct event *ev = &e->event;
	struct decision d = {0};
	enum status st = pass_time(g, ev->time);
	if (!st)
		st = come_to(g, e->rb);
	if (st)
		return st;
	if (g->steps++ == LIMIT_HISTORY)
		return too_long(g);
	bool told = is_subject(g, ev) && e->rb == r->own; /* told in the decision's own terms */
	look_at(g, told || r->watch);
	st = decide_event(&r->decider, r->cs, ev, &d);
	if (!st) {
		keep(g, &d);
		*vec_push(&g->happened) = (struct happened){e->rb->events[ev->type].name, ev->day};
		return STATUS_OK;
	}
	if (is_subject(g, ev))
		return refuse_late(g, &r->decider.refusal, st);
	keep_inputs(g, &d); /* what it is void for rests on them */
	keep_void(g, ev, &r->decider.refusal);
	return STATUS_OK;
}

/* ---- in the order in which things occurred ---- */

static int by_time(const void *a, const void *b)
{
	const struct amended *x = *(const struct amended *const *)a;
	const struct amended *y = *(const struct amended *const *)b;
	if (x->event.time != y->event.time)
		return x->event.time < y->event.time ? -1 : 1;
	return (x->arrival > y->arrival) - (x->arrival < y->arrival);
}

static const struct amended **in_order(struct again *g, const struct amendments *am)
{
	const struct amended **order = arena_array(&g->r->arena, am->n, sizeof(*order));
	for (size_t i = 0; i < am->n; i++)
		order[i] = &am->at[i];
	if (am->n)
		qsort(order, am->n, sizeof(*order), by_time);
	return order;
}

/* A deadline follows from the history: it is none of its events. */
static bool is_due(const struct event *ev)
{
	return ev->type == EVENT_DEADLINE || ev->type == EVENT_SCHEDULED;
}

static struct past_event with_kind(const struct again *g, struct past_event e)
{
	if (e.event.kind == NONE)
		e.event.kind = across_kind(g->r->home, g->was->kind, e.rb);
	return e;
}

static void amend_history(struct again *g, const struct history *h, bool with_late,
			  struct amendments *am)
{
	struct redecision *r = g->r;
	size_t n = h->events.n;
	struct past_event *list = arena_array(&r->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = with_kind(g, h->events.at[i]);
	if (with_late)
		list[n++] = with_kind(g, (struct past_event){*g->late, r->own});
	amend(am, &r->reigns, r->reader, list, n, &r->arena);
}

/* What a retraction or correction comes down to, if it changes anything of that. False: it cannot
 * have any effects, now or later. */
static bool find_subject(struct again *g, const struct history *h, const struct amendments *am)
{
	struct amendments before;
	g->subject = g->late->key;
	g->has_subject = !event_amends(g->late) && !is_due(g->late);
	if (g->has_subject || is_due(g->late))
		return true;
	const struct amended *late = &am->at[am->n - 1];
	size_t i = amends_finally(am, am->n - 1);
	if (i != SIZE_MAX) {
		amend_history(g, h, false, &before);
		g->has_subject = !amended_same(&am->at[i], &before.at[i]);
		g->subject = am->at[i].event.key;
	}
	return late->awaits || late->taken_by != SIZE_MAX || !late->no.slug;
}

static enum status too_many_awaited(struct again *g)
{
	refusal_add(&g->r->refusal, &g->r->arena, "limit", STR("data.event"),
		    "the event that it names has not come, and the case waits for %u such events "
		    "already; send those first",
		    LIMIT_AWAITED);
	return STATUS_LIMIT;
}

static enum status note_amendments(struct again *g, const struct amendments *am)
{
	struct case_state *cs = g->r->cs;
	cs->amendments = (uint32_t)am->messages;
	for (size_t i = 0; i < am->n; i++) {
		const struct event *ev = &am->at[i].event;
		if (am->at[i].awaits)
			case_add_awaited(cs, value_as_str(ev->fields[AMENDS_SOURCE]),
					 value_as_str(ev->fields[AMENDS_EVENT]));
	}
	return cs->awaited.n > LIMIT_AWAITED ? too_many_awaited(g) : STATUS_OK;
}

static enum status take_one(struct again *g, const struct amended *e)
{
	if ((e->counts || event_amends(&e->event)) && e->event.time > g->until)
		g->until = e->event.time;
	if (e->counts)
		return decide_one(g, e);
	if (e->no.slug && e->taken_by == SIZE_MAX && is_subject(g, &e->event))
		return refuse_late(g, &e->no, STATUS_INVALID);
	if (e->no.slug)
		keep_void(g, &e->event, &e->no);
	return STATUS_OK;
}

static enum status decide_all(struct again *g, const struct history *h)
{
	struct amendments am;
	enum status st = STATUS_OK;
	amend_history(g, h, g->late && !is_due(g->late), &am);
	if (g->late && !find_subject(g, h, &am))
		return refuse_late(g, &am.at[am.n - 1].no, STATUS_INVALID);
	if (g->late && is_due(g->late) && g->late->time > g->until)
		g->until = g->late->time;
	const struct amended **order = in_order(g, &am);
	for (size_t i = 0; !st && i < am.n; i++)
		st = take_one(g, order[i]);
	if (st && g->late)
		say_corrected(g, &am);
	if (!st)
		st = pass_time(g, g->until);
	if (!st)
		st = come_to(g, g->r->home);
	return st ? st : note_amendments(g, &am);
}

/* ---- the difference ---- */

static struct hash128 reversal_id(struct hash128 late, struct hash128 of)
{
	uint8_t bytes[sizeof(late.b) + sizeof(of.b)];
	memcpy(bytes, late.b, sizeof(late.b));
	memcpy(bytes + sizeof(late.b), of.b, sizeof(of.b));
	return hash_sip(bytes, sizeof(bytes));
}

static void reverse(struct again *g, const struct past_outcome *past)
{
	const struct outcome *original = &past->outcome;
	struct outcome o = *original;
	o.id = reversal_id(g->late->key, original->id);
	o.of = original->id;
	o.has_of = true;
	o.reversal = true;
	o.status = OUTCOME_DONE;
	o.to = arena_str(&g->r->arena, o.to);
	o.due = o.first = DAY_NONE;
	o.times = 0;
	o.draw = again_negated(o.draw);
	o.under = past->rb;
	*vec_push(&g->outcomes) = o;
}

static void add_own(struct again *g)
{
	for (size_t i = 0; i < g->follows.n; i++)
		if (g->follows.at[i].own)
			*vec_push(&g->outcomes) = g->follows.at[i].outcome;
}

static void add_reversals(struct again *g, const struct history *h)
{
	struct map by_id = {0};
	for (size_t i = 0; i < g->follows.n; i++)
		map_put(&by_id, id_key(&g->follows.at[i].outcome.id), (uint32_t)i);
	for (size_t i = 0; i < h->outcomes.n; i++) {
		const struct past_outcome *p = &h->outcomes.at[i];
		if (p->gone)
			continue;
		uint32_t now = map_get(&by_id, id_key(&p->outcome.id));
		if (now != MAP_NONE && hash128_eq(g->follows.at[now].content, p->content))
			g->follows.at[now].unchanged = true;
		else
			reverse(g, p);
	}
	map_release(&by_id);
}

static void add_additions(struct again *g)
{
	for (size_t i = 0; i < g->follows.n; i++)
		if (!g->follows.at[i].own && !g->follows.at[i].unchanged)
			*vec_push(&g->outcomes) = g->follows.at[i].outcome;
}

static void *keep_list(struct arena *a, const void *at, size_t n, size_t size)
{
	void *p = arena_array(a, n, size);
	if (n)
		memcpy(p, at, n * size);
	return p;
}

#define KEEP_LIST(a, list) keep_list(a, (list).at, (list).n, sizeof(*(list).at))

/* Only what another version decided names its version. */
static void name_versions(struct again *g)
{
	const struct rulebook *own = g->r->own;
	for (size_t i = 0; i < g->outcomes.n; i++)
		if (g->outcomes.at[i].under == own)
			g->outcomes.at[i].under = NULL;
	for (size_t i = 0; i < g->inputs.n; i++)
		if (g->inputs.at[i].under == own)
			g->inputs.at[i].under = NULL;
	for (size_t i = 0; i < g->pots.n; i++)
		if (g->pots.at[i].under == own)
			g->pots.at[i].under = NULL;
}

static void conclude(struct again *g, const struct history *h, struct decision *out)
{
	struct redecision *r = g->r;
	add_own(g);
	add_reversals(g, h);
	add_additions(g);
	name_versions(g);
	*out = (struct decision){.event = *g->late,
				 .type_name = r->own->events[g->late->type].name,
				 .outcomes = KEEP_LIST(&r->arena, g->outcomes),
				 .n = g->outcomes.n,
				 .inputs = KEEP_LIST(&r->arena, g->inputs),
				 .ninputs = g->inputs.n,
				 .pots = KEEP_LIST(&r->arena, g->pots),
				 .npots = g->pots.n,
				 .voids = KEEP_LIST(&r->arena, g->voids),
				 .nvoids = g->voids.n,
				 .stopped = {.block = NONE}};
}

/* ---- the whole ---- */

void redecision_init(struct redecision *r, const struct rulebook *rb, struct world world)
{
	*r = (struct redecision){.world = world,
				 .now = INT64_MAX,
				 .reigns = {.only = rb},
				 .home = rb,
				 .refusal = {.block = NONE}};
	decider_init(&r->decider, rb, (struct world){find, r, &r->pots});
	r->decider.recorded = recorded;
	r->decider.recorded_pot = recorded_pot;
	r->decider.kept = again_kept;
}

void redecision_release(struct redecision *r)
{
	case_free(r->decider.rb, r->cs);
	for (size_t i = 0; i < r->shadows.n; i++)
		case_free(r->shadows.at[i].rb, r->shadows.at[i].cs);
	vec_release(&r->shadows);
	decider_release(&r->decider);
	pots_release(&r->pots);
	arena_release(&r->arena);
}

bool event_is_late(const struct case_state *cs, const struct event *ev)
{
	return ev->time < cs->last || event_amends(ev) || case_awaits(cs, ev->key);
}

static void again_clear(struct again *g)
{
	case_free(g->r->decider.rb, g->r->cs);
	g->r->cs = NULL;
	if (g->trace)
		trace_clear(g->trace);
	g->happened.n = g->follows.n = g->outcomes.n = g->inputs.n = g->pots.n = g->voids.n = 0;
	g->steps = 0;
}

static enum status again_all(struct again *g, const struct history *h, const struct case_state *was,
			     int64_t until, bool without)
{
	struct redecision *r = g->r;
	r->history = h;
	again_clear(g);
	g->until = until;
	r->county = was->county;
	g->was = was;
	r->own = g->late ? reign_at(&r->reigns, g->late->time) : NULL;
	again_start_pots(r, h, without);
	return h->decisions >= LIMIT_HISTORY ? too_long(g) : decide_all(g, h);
}

static void again_release(struct again *g)
{
	look_at(g, true);
	vec_release(&g->happened);
	vec_release(&g->follows);
	vec_release(&g->outcomes);
	vec_release(&g->inputs);
	vec_release(&g->pots);
	vec_release(&g->voids);
}

/* ---- the two calls ---- */

static enum status decide_late(struct again *g, const struct history *h,
			       const struct case_state *was, bool without, struct decision *out)
{
	struct redecision *r = g->r;
	bool comes_back = event_amends(g->late) && r->now < was->last;
	enum status st = again_all(g, h, was, comes_back ? r->now : was->last, without);
	if (st)
		return st;
	if (r->cs->last < g->until)
		r->cs->last = g->until;
	conclude(g, h, out);
	return STATUS_OK;
}

enum status redecide(struct redecision *r, const struct history *h, const struct case_state *was,
		     const struct event *late, struct decision *out)
{
	struct again g = {
	    .r = r, .late = late, .trace = r->decider.trace, .before = r->decider.before};
	const struct outcome *over = NULL;
	int64_t cents;
	bool without = again_draws(h);
	enum status st = decide_late(&g, h, was, without, out);
	if (!st)
		over = again_overdrawn(r, out, &cents);
	if (over && without && !(st = decide_late(&g, h, was, false, out)))
		over = again_overdrawn(r, out, &cents);
	if (!st && over)
		st = again_refuse_overdraft(r, over, cents);
	again_release(&g);
	return st;
}

enum status redecide_history(struct redecision *r, const struct history *h,
			     const struct case_state *was, int64_t until)
{
	struct again g = {.r = r, .trace = r->decider.trace, .before = r->decider.before};
	enum status st = again_all(&g, h, was, until, false);
	again_release(&g);
	return st;
}

struct case_state *redecision_take(struct redecision *r)
{
	struct case_state *cs = r->cs;
	r->cs = NULL;
	return cs;
}
