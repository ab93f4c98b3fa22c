/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/audit/redecide.h"

#include "engine/base/limits.h"
#include "engine/case/json.h"

#include <stdlib.h>

/* ---- what is recorded ---- */

bool history_decision(struct history *h)
{
	return ++h->decisions < LIMIT_HISTORY;
}

void history_event(struct history *h, const struct event *ev)
{
	*vec_push(&h->events) = *ev;
}

static struct str input_key(struct arena *a, struct hash128 event, const struct input *in)
{
	char head[sizeof(event.b) + 4] = {0};
	memcpy(head, event.b, sizeof(event.b));
	memcpy(head + sizeof(event.b), &in->kind, 2);
	memcpy(head + sizeof(event.b) + 2, &in->fact, 2);
	char *p = arena_alloc(a, sizeof(head) + in->id.len);
	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), in->id.p, in->id.len);
	return (struct str){p, sizeof(head) + in->id.len};
}

static struct value keep_value(struct arena *a, struct value v)
{
	if (v.known && type_is_text(v.kind))
		v.s = arena_str(a, value_as_str(v)).p;
	return v;
}

void history_input(struct history *h, struct hash128 event, const struct input *in)
{
	struct str key = input_key(&h->arena, event, in);
	if (map_get(&h->input_keys, key) != MAP_NONE)
		return;
	map_put(&h->input_keys, key, (uint32_t)h->inputs.n);
	*vec_push(&h->inputs) = keep_value(&h->arena, in->value);
}

static struct str pot_input_key(struct arena *a, struct hash128 event, const struct pot_input *in)
{
	char key[sizeof(event.b) + 1 + 2 + 4];
	memcpy(key, event.b, sizeof(event.b));
	key[sizeof(event.b)] = (char)in->pot;
	memcpy(key + sizeof(event.b) + 1, &in->index, 2);
	memcpy(key + sizeof(event.b) + 3, &in->from, 4);
	return arena_str(a, (struct str){key, sizeof(key)});
}

void history_pot(struct history *h, struct hash128 event, const struct pot_input *in)
{
	struct str key = pot_input_key(&h->arena, event, in);
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

void history_outcome(struct history *h, const struct outcome *o, struct hash128 content)
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
		history_event(h, &ev);
	}
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct input *in = &d->inputs[i];
		history_input(h, read_by(d, in->source, in->event), in);
	}
	for (size_t i = 0; i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		history_pot(h, read_by(d, in->source, in->event), in);
	}
	for (size_t i = 0; i < d->n; i++)
		history_outcome(h, &d->outcomes[i], outcome_content(rb, &d->outcomes[i]));
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
	outcome_json(&b, rb, &plain);
	struct hash128 h = hash_sip(b.p, b.len);
	buf_release(&b);
	return h;
}

/* ---- the new history ---- */

/* An outcome that follows now. */
struct follows {
	struct outcome outcome;
	struct hash128 content;
	bool own;       /* of the late event itself */
	bool unchanged; /* recorded already, with this content */
};

/* Deciding a history again. */
struct again {
	struct redecision *r;
	const struct event *late;
	struct hash128 subject; /* the event of the case that `late` is, or comes down to */
	bool has_subject;
	struct trace *trace;
	size_t steps;
	int64_t until; /* how far time has come in the end */
	VEC(struct follows) follows;
	VEC(struct outcome) outcomes; /* of the decision */
	VEC(struct input) inputs;
	VEC(struct pot_input) pots;
	VEC(struct void_event) voids;
};

static const struct case_state *find(void *arg, uint16_t kind, struct str id)
{
	const struct redecision *r = arg;
	return r->world.find ? r->world.find(r->world.arg, kind, id) : NULL;
}

static bool recorded(void *arg, const struct event *ev, const struct input *wanted,
		     struct value *out)
{
	const struct redecision *r = arg;
	struct arena a = {0};
	uint32_t i = map_get(&r->history->input_keys, input_key(&a, ev->key, wanted));
	arena_release(&a);
	if (i != MAP_NONE)
		*out = r->history->inputs.at[i];
	return i != MAP_NONE;
}

static bool recorded_pot(void *arg, const struct event *ev, struct pot_input *wanted)
{
	const struct redecision *r = arg;
	struct arena a = {0};
	uint32_t i = map_get(&r->history->pot_keys, pot_input_key(&a, ev->key, wanted));
	arena_release(&a);
	if (i == MAP_NONE)
		return false;
	wanted->reserved = r->history->pots.at[i].reserved;
	wanted->committed = r->history->pots.at[i].committed;
	return true;
}

#define NEW SIZE_MAX

/* The outcome as it is recorded and stands, by its place in the history; NEW: it is not. */
static size_t past_of(const struct redecision *r, const struct outcome *o)
{
	uint32_t i = map_get(&r->history->outcome_ids, id_key(&o->id));
	return i == MAP_NONE || r->history->outcomes.at[i].gone ? NEW : i;
}

static bool same_draw(const struct draw *a, const struct draw *b)
{
	return a->pot == b->pot && a->index == b->index && a->from == b->from &&
	       a->reserved == b->reserved && a->committed == b->committed;
}

static struct draw negated(struct draw d)
{
	d.reserved = -d.reserved;
	d.committed = -d.committed;
	return d;
}

static void redraw(struct redecision *r, struct draw d)
{
	pots_draw(&r->pots, r->decider.rb, r->cs->county, &d);
}

static void put_back(struct redecision *r, size_t past)
{
	redraw(r, r->taken[past]);
	r->taken[past] = (struct draw){0};
}

/* Did the recorded outcome ask for what this one asks for? */
static enum kept kept_of(const struct outcome *was, const struct outcome *o)
{
	if (was->action != o->action)
		return KEPT_NOT;
	if (was->waiting && was->name == o->name && !o->has_of)
		return KEPT_UNFUNDED;
	if (was->unfunded && was->fund == o->fund && was->cents == o->cents &&
	    was->times == o->times)
		return KEPT_UNFUNDED;
	return same_draw(&was->draw, &o->draw) ? KEPT_FUNDED : KEPT_NOT;
}

/* What stands is in the pots from the moment that they are asked for it. */
static enum kept kept(void *arg, const struct outcome *o)
{
	struct redecision *r = arg;
	size_t past = past_of(r, o);
	enum kept as = past == NEW ? KEPT_NOT : kept_of(&r->history->outcomes.at[past].outcome, o);
	if (as == KEPT_FUNDED)
		put_back(r, past);
	return as;
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
		if (!is_late(g, &d->event)) {
			in.source = arena_str(a, d->event.source);
			in.event = arena_str(a, d->event.id);
		}
		*vec_push(&g->pots) = in;
	}
}

/* The pots move on by what is new; what stands is in them already. */
static void keep_draw(struct redecision *r, const struct outcome *o)
{
	size_t past = past_of(r, o);
	if (past != NEW) {
		put_back(r, past);
		const struct draw *was = &r->history->outcomes.at[past].outcome.draw;
		if (same_draw(was, &o->draw))
			return;
		redraw(r, negated(*was));
	}
	redraw(r, o->draw);
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
		keep_draw(g->r, &d->outcomes[i]);
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

/* Fires what is due up to an instant. */
static enum status pass_time(struct again *g, int64_t until)
{
	struct decision d;
	int64_t at;
	g->r->decider.trace = g->r->watch ? g->trace : NULL;
	while (case_next_due(g->r->cs, &at) && at <= until) {
		if (g->steps++ == LIMIT_HISTORY)
			return too_long(g);
		decide_due(&g->r->decider, g->r->cs, &d);
		keep(g, &d);
	}
	return STATUS_OK;
}

static void keep_void(struct again *g, const struct event *ev, const struct refusal *why)
{
	struct arena *a = &g->r->arena;
	*vec_push(&g->voids) = (struct void_event){arena_str(a, ev->source), arena_str(a, ev->id),
						   why->n ? arena_str(a, why->reasons[0].text)
							  : STR("the event is refused")};
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

static enum status decide_one(struct again *g, const struct event *ev)
{
	struct redecision *r = g->r;
	struct decision d = {0};
	enum status st = pass_time(g, ev->time);
	if (st)
		return st;
	if (g->steps++ == LIMIT_HISTORY)
		return too_long(g);
	r->decider.trace = is_subject(g, ev) || r->watch ? g->trace : NULL;
	st = decide_event(&r->decider, r->cs, ev, &d);
	if (!st) {
		keep(g, &d);
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

static void amend_history(struct again *g, const struct history *h, bool with_late,
			  struct amendments *am)
{
	struct redecision *r = g->r;
	size_t n = h->events.n;
	const struct event **list = arena_array(&r->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = &h->events.at[i];
	if (with_late)
		list[n++] = g->late;
	amend(am, r->decider.rb, r->reader, r->cs->kind, list, n, &r->arena);
}

/* What a retraction or correction comes down to, if it changes anything of that. False: it cannot
 * have any effects, now or later. */
static bool find_subject(struct again *g, const struct history *h, const struct amendments *am)
{
	struct amendments before;
	const struct amended *late = &am->at[am->n - 1];
	g->subject = g->late->key;
	g->has_subject = !event_amends(g->late);
	if (g->has_subject)
		return true;
	size_t i = amends_finally(am, am->n - 1);
	if (i != SIZE_MAX) {
		amend_history(g, h, false, &before);
		g->has_subject = !amended_same(g->r->decider.rb, &am->at[i], &before.at[i]);
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
		return decide_one(g, &e->event);
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
	amend_history(g, h, g->late != NULL, &am);
	if (g->late && !find_subject(g, h, &am))
		return refuse_late(g, &am.at[am.n - 1].no, STATUS_INVALID);
	const struct amended **order = in_order(g, &am);
	for (size_t i = 0; !st && i < am.n; i++)
		st = take_one(g, order[i]);
	if (st && g->late)
		say_corrected(g, &am);
	if (!st)
		st = note_amendments(g, &am);
	return st ? st : pass_time(g, g->until);
}

/* ---- the difference ---- */

static struct hash128 reversal_id(struct hash128 late, struct hash128 of)
{
	uint8_t bytes[sizeof(late.b) + sizeof(of.b)];
	memcpy(bytes, late.b, sizeof(late.b));
	memcpy(bytes + sizeof(late.b), of.b, sizeof(of.b));
	return hash_sip(bytes, sizeof(bytes));
}

static void reverse(struct again *g, const struct outcome *original)
{
	struct outcome o = *original;
	o.id = reversal_id(g->late->key, original->id);
	o.of = original->id;
	o.has_of = true;
	o.reversal = true;
	o.status = OUTCOME_DONE;
	o.to = arena_str(&g->r->arena, o.to);
	o.due = o.first = DAY_NONE;
	o.times = 0;
	o.draw = negated(o.draw);
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
			reverse(g, &p->outcome);
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

static void conclude(struct again *g, const struct history *h, struct decision *out)
{
	struct redecision *r = g->r;
	add_own(g);
	add_reversals(g, h);
	add_additions(g);
	*out = (struct decision){.event = *g->late,
				 .type_name = r->decider.rb->events[g->late->type].name,
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

/* ---- what it does to the pots ---- */

/* What an outcome drew that asked, with what its payments and its stop have given back since. */
static struct draw net_draw(const struct history *h, const struct outcome *o)
{
	struct draw net = o->draw;
	bool goes_on = o->action == ACTION_START || o->action == ACTION_ENROL;
	for (size_t i = 0; goes_on && i < h->outcomes.n; i++) {
		const struct past_outcome *p = &h->outcomes.at[i];
		if (p->gone || !p->outcome.has_of || !hash128_eq(p->outcome.of, o->id))
			continue;
		net.reserved += p->outcome.draw.reserved;
		net.committed += p->outcome.draw.committed;
	}
	return net;
}

static bool has_asked(const struct outcome *o)
{
	return o->draw.pot == POT_CAPACITY ? o->draw.committed > 0
					   : o->draw.reserved + o->draw.committed > 0;
}

/* A place that the case has is none that others wait for: nobody is in line for it. */
static int64_t in_line(const struct redecision *r, const struct draw *d)
{
	struct pot key = pot_key(r->decider.rb, r->cs->county, d->pot, d->index, d->from);
	const struct pot *pot = pots_find(&r->pots, &key);
	return pot ? pot->reserved : 0;
}

/* The pots as they are; with `without`, less all that the case has drawn on them. */
static void start_pots(struct redecision *r, const struct history *h, bool without)
{
	pots_release(&r->pots);
	if (r->world.pots)
		pots_copy(&r->pots, r->world.pots);
	r->taken = arena_array(&r->arena, h->outcomes.n, sizeof(*r->taken));
	for (size_t i = 0; without && i < h->outcomes.n; i++) {
		const struct outcome *o = &h->outcomes.at[i].outcome;
		/* a schedule's payment is in what its start draws, also one that asked for more */
		if (h->outcomes.at[i].gone || o->item || !has_asked(o))
			continue;
		r->taken[i] = net_draw(h, o);
		if (o->draw.pot == POT_CAPACITY)
			r->taken[i].reserved = r->taken[i].committed ? in_line(r, &o->draw) : 0;
		redraw(r, negated(r->taken[i]));
	}
}

static bool draws_at_all(const struct history *h)
{
	for (size_t i = 0; i < h->outcomes.n; i++)
		if (h->outcomes.at[i].outcome.draw.pot != POT_NONE)
			return true;
	return false;
}

/* How much of the pot there is, on the case's last day or the nearest in the pot's year; false: no
 * end to it. */
static bool pot_most(const struct redecision *r, const struct draw *d, int64_t *most)
{
	const struct rulebook *rb = r->decider.rb;
	int32_t day = zone_day(rb->zone, r->cs->last);
	int64_t keeps;
	if (d->pot == POT_CAPACITY) {
		*most = places_on(rb, r->cs->county, d->index, day);
		return true;
	}
	if (d->pot == POT_DOCKET) {
		docket_seats(rb, r->cs->county, &rb->meetings[d->index], day, most, &keeps);
		return true;
	}
	const struct budget *b = fund_budget(rb, d->index);
	if (b)
		*most = budget_on(rb, r->cs->county, b, budget_day(b, d->from, day));
	return b != NULL;
}

static int64_t pot_used(const struct pot *pot)
{
	if (!pot)
		return 0;
	return pot->committed + (pot->kind == POT_CAPACITY ? 0 : pot->reserved);
}

/* By how much the decision overdraws what it draws on, when it takes anything there. */
static int64_t overdrawn(struct redecision *r, const struct pots *after, const struct draw *d)
{
	struct pot key = pot_key(r->decider.rb, r->cs->county, d->pot, d->index, d->from);
	int64_t used = pot_used(pots_find(after, &key)), most;
	if (!pot_most(r, d, &most) || used <= pot_used(pots_find(r->world.pots, &key)))
		return 0;
	return used > most ? used - most : 0;
}

/* The first draw that overdraws a fund; NULL: none does. */
static const struct draw *first_overdrawn(struct redecision *r, const struct decision *d,
					  int64_t *cents)
{
	struct pots after = {0};
	const struct draw *found = NULL;
	if (!r->world.pots)
		return NULL;
	pots_copy(&after, r->world.pots);
	pots_apply(&after, r->decider.rb, d);
	for (size_t i = 0; !found && i < d->n; i++) {
		const struct draw *draw = &d->outcomes[i].draw;
		if (draw->pot != POT_NONE && (*cents = overdrawn(r, &after, draw)))
			found = draw;
	}
	pots_release(&after);
	return found;
}

static enum status refuse_overdraft(struct redecision *r, const struct draw *d, int64_t cents)
{
	struct buf missing = {0};
	if (d->pot == POT_CAPACITY) {
		refusal_add(
		    &r->refusal, &r->arena, "limit", pot_name(r->decider.rb, d->pot, d->index),
		    "with this event the case needs a place again that was given to another "
		    "since; raise the capacity, then send the event again");
		return STATUS_LIMIT;
	}
	if (d->pot == POT_DOCKET) {
		refusal_add(
		    &r->refusal, &r->arena, "limit", pot_name(r->decider.rb, d->pot, d->index),
		    "with this event the case needs a seat again that another has taken since");
		return STATUS_LIMIT;
	}
	money_text(&missing, cents);
	refusal_add(&r->refusal, &r->arena, "limit", pot_name(r->decider.rb, d->pot, d->index),
		    "with this event the case needs money again that others have drawn on the fund "
		    "since, and " STR_FMT
		    " of it is not there; raise the budget, then send the event again",
		    STR_ARG(buf_view(&missing)));
	buf_release(&missing);
	return STATUS_LIMIT;
}

/* ---- the whole ---- */

void redecision_init(struct redecision *r, const struct rulebook *rb, struct world world)
{
	*r = (struct redecision){.world = world, .now = INT64_MAX, .refusal = {.block = NONE}};
	decider_init(&r->decider, rb, (struct world){find, r, &r->pots});
	r->decider.recorded = recorded;
	r->decider.recorded_pot = recorded_pot;
	r->decider.kept = kept;
}

void redecision_release(struct redecision *r)
{
	case_free(r->decider.rb, r->cs);
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
	if (g->trace)
		trace_clear(g->trace);
	g->follows.n = g->outcomes.n = g->inputs.n = g->pots.n = g->voids.n = 0;
	g->steps = 0;
}

static enum status again_all(struct again *g, const struct history *h, const struct case_state *was,
			     int64_t until, bool without)
{
	struct redecision *r = g->r;
	r->history = h;
	again_clear(g);
	g->until = until;
	r->cs = r->given ? case_clone(r->decider.rb, r->given)
			 : case_new(r->decider.rb, was->id, was->kind, was->county);
	start_pots(r, h, without);
	return h->decisions >= LIMIT_HISTORY ? too_long(g) : decide_all(g, h);
}

static void again_release(struct again *g)
{
	g->r->decider.trace = g->trace;
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
	struct again g = {.r = r, .late = late, .trace = r->decider.trace};
	const struct draw *over = NULL;
	int64_t cents;
	bool without = draws_at_all(h);
	enum status st = decide_late(&g, h, was, without, out);
	if (!st)
		over = first_overdrawn(r, out, &cents);
	if (over && without && !(st = decide_late(&g, h, was, false, out)))
		over = first_overdrawn(r, out, &cents);
	if (!st && over)
		st = refuse_overdraft(r, over, cents);
	again_release(&g);
	return st;
}

enum status redecide_history(struct redecision *r, const struct history *h,
			     const struct case_state *was, int64_t until)
{
	struct again g = {.r = r, .trace = r->decider.trace};
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
