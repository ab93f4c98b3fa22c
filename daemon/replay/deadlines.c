/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/replay/deadlines.h"

#include "daemon/ledger/destroy.h"
#include "daemon/replay/record.h"
#include "engine/case/json.h"

#include <stdlib.h>

#define READ_EVENTS    2000u /* under one snapshot: the log can be wound back in between */
#define PROGRESS_EVERY 256   /* cases */

/* A deadline of the case that is being decided again, which waits. */
struct awaited_due {
	struct due due; /* its numbers are of the version that decided last */
	size_t which;   /* of `found` */
};

struct reading {
	struct deadlines *all;
	const struct deadlines_config *config;
	struct ledger_reader *walk;
	struct record record;
	VEC(uint64_t) cases; /* of which something is new */
	struct redecision *again;
	const struct rulebook *rb; /* that decided last */
	VEC(struct deadline) found;
	VEC(struct awaited_due) waiting;
	struct buf key;
};

struct str deadline_fate_word(enum deadline_fate fate)
{
	static const struct str words[] = {
#define X(constant, word) [constant] = STR_INIT(word),
	    DEADLINE_FATES(X)
#undef X
	};
	return words[fate];
}

/* ---- kinds ---- */

static void put_key(struct buf *b, const struct deadline_kind *k)
{
	const struct str parts[] = {k->county, k->program, k->block, k->part, k->what, k->awaits};
	buf_clear(b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_str(b, parts[i]);
		buf_char(b, '\n'); /* names have none */
	}
}

static struct deadline_kind kind_of(const struct rulebook *rb, const struct case_state *cs,
				    const struct due *due)
{
	const struct part *part = &rb->parts[due->part];
	const struct block *block = &rb->blocks[part->block];
	return (struct deadline_kind){
	    .county = rb->counties[cs->county].name,
	    .program = block->program == NONE ? STR("") : rb->programs[block->program].name,
	    .block = block->name,
	    .part = part->label,
	    .what = due_called(rb, due),
	    .awaits = due->answered_by == NONE ? STR("") : rb->events[due->answered_by].name};
}

static uint32_t find_kind(struct reading *g, const struct deadline_kind *k)
{
	struct deadlines *all = g->all;
	struct arena *a = &all->names;
	put_key(&g->key, k);
	uint32_t at = map_get(&all->by_key, buf_view(&g->key));
	if (at != MAP_NONE)
		return at;
	at = (uint32_t)all->kinds.n;
	struct deadline_kind *own = vec_push(&all->kinds);
	*own = (struct deadline_kind){arena_str(a, buf_view(&g->key)), arena_str(a, k->county),
				      arena_str(a, k->program),        arena_str(a, k->block),
				      arena_str(a, k->part),           arena_str(a, k->what),
				      arena_str(a, k->awaits)};
	map_put(&all->by_key, own->key, at);
	return at;
}

static struct str awaits(const struct reading *g, const struct deadline *d)
{
	return g->all->kinds.at[d->kind].awaits;
}

/* ---- one decision of a case ---- */

static bool same_due(const struct due *a, const struct due *b)
{
	return a->kind == b->kind && a->n == b->n && hash128_eq(a->origin, b->origin);
}

static const struct due *still_due(const struct case_state *cs, const struct due *due)
{
	for (size_t i = 0; i < cs->due.n; i++)
		if (same_due(&cs->due.at[i], due))
			return &cs->due.at[i];
	return NULL;
}

/* Why it waits no more. A promise has no event to tell: it is closed when it is kept, or when the
 * next version does not make it any more. */
static void settle(struct reading *g, const struct awaited_due *w, const struct decision *d)
{
	struct deadline *found = &g->found.at[w->which];
	struct hash128 key = due_key(&w->due);
	bool fired = d->event.type == EVENT_DEADLINE && hash128_eq(d->event.digest, key);
	bool kept = w->due.kind == DUE_PROMISE && g->rb == g->again->decider.rb;
	if (fired) {
		found->fate = DEADLINE_MISSED;
	} else if (kept || str_eq(awaits(g, found), d->type_name)) {
		found->fate = DEADLINE_MET;
		found->came = d->event.day;
	} else {
		found->fate = DEADLINE_ENDED;
	}
}

static void close_deadlines(struct reading *g, const struct decision *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < g->waiting.n; i++) {
		struct awaited_due w = g->waiting.at[i];
		const struct due *still = still_due(g->again->cs, &w.due);
		if (still) {
			w.due = *still;
			g->waiting.at[kept++] = w;
		} else {
			settle(g, &w, d);
		}
	}
	g->waiting.n = kept;
}

static bool is_known(const struct reading *g, const struct due *due)
{
	for (size_t i = 0; i < g->waiting.n; i++)
		if (same_due(&g->waiting.at[i].due, due))
			return true;
	return false;
}

static void open_deadlines(struct reading *g)
{
	const struct case_state *cs = g->again->cs;
	for (size_t i = 0; i < cs->due.n; i++) {
		const struct due *due = &cs->due.at[i];
		if (due->kind == DUE_ITEM || is_known(g, due))
			continue;
		struct deadline_kind k = kind_of(g->again->decider.rb, cs, due);
		*vec_push(&g->waiting) = (struct awaited_due){*due, g->found.n};
		*vec_push(&g->found) =
		    (struct deadline){find_kind(g, &k), due->day, DAY_NONE, DEADLINE_OPEN};
	}
}

/* What had run out, and comes after all. */
static void note_late(struct reading *g, const struct decision *d)
{
	for (size_t i = 0; i < g->found.n; i++) {
		struct deadline *f = &g->found.at[i];
		if (f->fate == DEADLINE_MISSED && f->came == DAY_NONE &&
		    str_eq(awaits(g, f), d->type_name))
			f->came = d->event.day;
	}
}

static void on_decision(void *arg, const struct decision *d)
{
	struct reading *g = arg;
	note_late(g, d);
	close_deadlines(g, d);
	open_deadlines(g);
	g->rb = g->again->decider.rb;
}

static void prepare(void *arg, struct redecision *again)
{
	struct reading *g = arg;
	again->watch = on_decision;
	again->watch_arg = g;
	g->again = again;
	g->rb = again->decider.rb;
}

/* ---- one case ---- */

static void keep(struct deadline_case *c, const struct reading *g)
{
	mem_free(c->at);
	c->at = NULL;
	c->n = c->state == DEADLINES_READ ? g->found.n : 0;
	if (!c->n)
		return;
	c->at = mem_grow(NULL, c->n, sizeof(*c->at));
	memcpy(c->at, g->found.at, c->n * sizeof(*c->at));
}

static struct deadline_case *case_numbered(struct deadlines *all, uint64_t no)
{
	vec_reserve(&all->cases, no);
	while (all->cases.n < no)
		*vec_push(&all->cases) = (struct deadline_case){.state = DEADLINES_READ};
	return &all->cases.at[no - 1];
}

/* Each county's name once. */
static struct str county_name(struct deadlines *all, struct str name)
{
	for (size_t i = all->cases.n; i-- > 0;)
		if (str_eq(all->cases.at[i].county, name))
			return all->cases.at[i].county;
	return arena_str(&all->names, name);
}

static enum status decide_again(struct reading *g, struct str id)
{
	struct record *r = &g->record;
	g->found.n = g->waiting.n = 0;
	r->fault = STATUS_OK;
	enum status st = record_read(r, id, 0);
	if (!st)
		st = record_decide(r, prepare, g);
	return st ? st : r->fault;
}

static enum status read_case(struct reading *g, uint64_t no)
{
	struct ledger_case row;
	struct deadline_case *c = case_numbered(g->all, no);
	enum status st = ledger_case_at(g->walk, no, &row);
	if (st == STATUS_GONE)
		return STATUS_OK; /* see mark_destroyed */
	if (st)
		return st;
	if (!c->county.len)
		c->county = county_name(g->all, row.county);
	st = decide_again(g, row.id);
	if (st == STATUS_IO)
		return st;
	c->state = st ? DEADLINES_UNDECIDED : DEADLINES_READ;
	keep(c, g);
	return STATUS_OK;
}

/* ---- what is new ---- */

static bool on_event(void *arg, const struct ledger_event *e)
{
	struct reading *g = arg;
	*vec_push(&g->cases) = e->case_no;
	return true;
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static enum status list_new(struct reading *g, const struct ledger_totals *now)
{
	enum status st = STATUS_OK;
	uint64_t read = g->all->events;
	if (!read)
		for (uint64_t no = 1; no <= now->cases; no++)
			*vec_push(&g->cases) = no;
	for (; read && read < now->events && !st; read += READ_EVENTS) {
		uint64_t to = read + READ_EVENTS < now->events ? read + READ_EVENTS : now->events;
		st = ledger_events(g->walk, read + 1, to, on_event, g);
	}
	if (g->cases.n)
		qsort(g->cases.at, g->cases.n, sizeof(*g->cases.at), by_number);
	return st;
}

static bool is_to_stop(const struct reading *g)
{
	return g->config->is_to_stop && g->config->is_to_stop(g->config->arg);
}

static enum status read_new(struct reading *g)
{
	for (size_t i = 0; i < g->cases.n; i++) {
		if (i && g->cases.at[i] == g->cases.at[i - 1])
			continue;
		if (is_to_stop(g))
			return STATUS_CONFLICT;
		enum status st = read_case(g, g->cases.at[i]);
		if (st)
			return st;
		if (g->config->on_progress && i % PROGRESS_EVERY == 0)
			g->config->on_progress(g->config->arg, i, g->cases.n);
	}
	return STATUS_OK;
}

static bool on_destroyed(void *arg, uint64_t no, struct str county)
{
	struct reading *g = arg;
	struct deadline_case *c = case_numbered(g->all, no);
	if (!c->county.len)
		c->county = county_name(g->all, county);
	c->state = DEADLINES_DESTROYED;
	keep(c, g);
	return true;
}

static enum status mark_destroyed(struct reading *g, uint64_t now)
{
	if (g->all->destroyed == now)
		return STATUS_OK;
	enum status st = ledger_destroyed_cases(g->walk, on_destroyed, g);
	if (!st)
		g->all->destroyed = now;
	return st;
}

/* The day now, where the policy in force is. */
static int32_t day_now(struct reading *g)
{
	struct record *r = &g->record;
	r->received = TIME_NEVER;
	const struct rulebook *rb = record_in_force(r, g->config->now_us);
	return zone_day(rb ? rb->zone : zone_utc(), g->config->now_us);
}

static enum status read_all(struct reading *g, struct buf *why)
{
	struct ledger_totals now = {0};
	/* First how far, then the register: what is decided under a version that it does not have
	 * yet is read another time. */
	enum status st = ledger_reader_open(g->config->ledger, &g->walk, why);
	if (!st)
		st = ledger_totals(g->walk, &now);
	if (!st)
		st = record_open(&g->record, g->config->ledger);
	if (!st)
		st = list_new(g, &now);
	if (!st)
		st = read_new(g);
	if (!st)
		st = mark_destroyed(g, now.destroyed);
	if (!st) {
		g->all->events = now.events;
		g->all->day = day_now(g);
	} else if (!why->len && g->record.why.len) {
		buf_str(why, buf_view(&g->record.why));
	} else if (!why->len && g->walk) {
		buf_str(why, ledger_reader_error(g->walk));
	}
	return st;
}

enum status deadlines_read(struct deadlines *all, const struct deadlines_config *config,
			   struct buf *why)
{
	struct reading g = {.all = all, .config = config};
	enum status st = read_all(&g, why);
	record_close(&g.record);
	ledger_reader_close(g.walk);
	vec_release(&g.cases);
	vec_release(&g.found);
	vec_release(&g.waiting);
	buf_release(&g.key);
	return st;
}

void deadlines_release(struct deadlines *all)
{
	for (size_t i = 0; i < all->cases.n; i++)
		mem_free(all->cases.at[i].at);
	vec_release(&all->cases);
	vec_release(&all->kinds);
	map_release(&all->by_key);
	arena_release(&all->names);
}
