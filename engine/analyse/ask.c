/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/ask.h"

#include "engine/base/limits.h"
#include "engine/base/mem.h"
#include "engine/base/vec.h"

/* ---- places ---- */

static bool adopted(const struct rulebook *rb, uint16_t program)
{
	for (uint16_t c = 0; c < rb->ncounties; c++)
		for (uint16_t i = 0; i < rb->counties[c].nadopts; i++)
			if (rb->counties[c].adopts[i].program == program)
				return true;
	return false;
}

static void own_overrides(const struct rulebook *rb, const struct program *p, struct dispatch *d,
			  struct arena *arena)
{
	if (!rb->nprecedences)
		return;
	d->overrides = arena_array(arena, rb->nevents, sizeof(*d->overrides));
	d->noverrides = arena_array(arena, rb->nevents, sizeof(*d->noverrides));
	for (int fill = 0; fill < 2; fill++) {
		for (uint16_t e = 0; fill && e < rb->nevents; e++) {
			d->overrides[e] =
			    arena_array(arena, d->noverrides[e], sizeof(struct entry));
			d->noverrides[e] = 0;
		}
		for (uint32_t i = 0; i < rb->nprecedences; i++) {
			const struct precedence *q = &rb->precedences[i];
			if (q->block < p->first_block || q->block >= p->first_block + p->nblocks)
				continue;
			if (fill)
				d->overrides[q->event][d->noverrides[q->event]] =
				    (struct entry){i, p->effective, INT32_MAX};
			d->noverrides[q->event]++;
		}
	}
}

/* As if somebody adopted the program from its first day on. */
static const struct dispatch *own_dispatch(const struct rulebook *rb, const struct program *p,
					   struct arena *arena)
{
	struct dispatch *d = arena_alloc(arena, sizeof(*d));
	d->by_event = arena_array(arena, rb->nevents, sizeof(*d->by_event));
	d->n = arena_array(arena, rb->nevents, sizeof(*d->n));
	for (int fill = 0; fill < 2; fill++) {
		for (uint16_t e = 0; fill && e < rb->nevents; e++) {
			d->by_event[e] = arena_array(arena, d->n[e], sizeof(struct entry));
			d->n[e] = 0;
		}
		for (uint32_t b = 0; b < p->nblocks; b++) {
			const struct block *block = &rb->blocks[p->first_block + b];
			for (uint32_t i = 0; i < block->nparts; i++) {
				const struct part *part = &rb->parts[block->first_part + i];
				if (part->role == PART_OVERDUE)
					continue;
				if (fill)
					d->by_event[part->event][d->n[part->event]] =
					    (struct entry){block->first_part + i, p->effective,
							   INT32_MAX};
				d->n[part->event]++;
			}
		}
	}
	own_overrides(rb, p, d, arena);
	return d;
}

static const uint16_t *just(struct arena *arena, uint16_t county)
{
	uint16_t *one = arena_alloc(arena, sizeof(*one));
	*one = county;
	return one;
}

struct question question_of(uint16_t kind, uint16_t event, int32_t from, int32_t until)
{
	struct question q = {.kind = kind, .event = event, .from = from, .until = until};
	for (int i = 0; i < 2; i++)
		q.standing[i] = q.where[i].escalation = NONE;
	return q;
}

struct places places_of(const struct rulebook *rb, struct arena *arena)
{
	struct places out = {
	    arena_array(arena, (size_t)rb->ncounties + rb->nprograms, sizeof(struct place)), 0};
	for (uint16_t c = 0; c < rb->ncounties; c++) {
		size_t i = 0;
		while (i < out.n && out.at[i].dispatch != rb->counties[c].dispatch)
			i++;
		struct place *p = &out.at[i];
		if (i == out.n) {
			out.n++;
			p->dispatch = rb->counties[c].dispatch;
			p->counties =
			    arena_array(arena, (size_t)rb->ncounties - c, sizeof(uint16_t));
		}
		((uint16_t *)p->counties)[p->ncounties++] = c;
	}
	for (uint16_t i = 0; i < rb->nprograms; i++)
		if (!adopted(rb, i))
			out.at[out.n++] = (struct place){own_dispatch(rb, &rb->programs[i], arena),
							 just(arena, NONE), 1};
	return out;
}

struct place place_everywhere(const struct rulebook *rb, struct arena *arena)
{
	uint16_t *all = arena_array(arena, (size_t)rb->ncounties + 1, sizeof(*all));
	all[0] = NONE; /* as the program says */
	for (uint16_t c = 0; c < rb->ncounties; c++)
		all[c + 1] = c;
	return (struct place){NULL, all, (uint16_t)(rb->ncounties + 1)};
}

/* ---- what a question reads ---- */

struct known_reply {
	enum space_answer answer;
	struct str words, ranges;
};

#define NO_NODE UINT32_MAX

/* A block that may be overridden, or that stands above one, and the question whether it is. */
struct over {
	uint16_t block;
	uint32_t node;
};

struct asker {
	const struct rulebook *rb;
	struct arena arena;
	struct map known; /* key with values -> index of a reply */
	VEC(struct known_reply) replies;
	VEC(uint16_t) params; /* that the question reads */
	VEC(struct over) over;
	VEC(int32_t) days; /* on which blocks that override others come and go */
	bool today;
	struct buf key;
	struct space *space; /* of the latest example */
	size_t work, most;
};

struct asker *asker_new(const struct rulebook *rb)
{
	struct asker *a = mem_alloc(sizeof(*a));
	a->rb = rb;
	a->most = LIMIT_CHECK_WORK;
	return a;
}

void asker_free(struct asker *a)
{
	if (!a)
		return;
	map_release(&a->known);
	vec_release(&a->replies);
	vec_release(&a->params);
	vec_release(&a->days);
	vec_release(&a->over);
	buf_release(&a->key);
	space_free(a->space);
	arena_release(&a->arena);
	mem_free(a);
}

bool asker_spent(const struct asker *a)
{
	return a->work >= a->most;
}

void asker_limit(struct asker *a, size_t work)
{
	a->most = work;
}

size_t asker_work(const struct asker *a)
{
	return a->work;
}

const struct rulebook *asker_rulebook(const struct asker *a)
{
	return a->rb;
}

static void add_param(struct asker *a, uint16_t param)
{
	for (size_t i = 0; i < a->params.n; i++)
		if (a->params.at[i] == param)
			return;
	*vec_push(&a->params) = param;
}

static void scan(struct asker *a, const struct code *c)
{
	for (uint32_t i = 0; c && i < c->n; i++) {
		if (c->at[i].op == OP_PARAM)
			add_param(a, c->at[i].a);
		a->today |= c->at[i].op == OP_TODAY;
	}
}

/* The next precedence from *i on that speaks of a block; NULL: none. */
static const struct entry *overriding(const struct asker *a, const struct place *where,
				      uint16_t event, uint16_t block, uint32_t *i)
{
	const struct dispatch *d = where->dispatch;
	if (!d || !d->overrides || block == NONE || event == NONE)
		return NULL;
	while (*i < d->noverrides[event]) {
		const struct entry *e = &d->overrides[event][(*i)++];
		if (precedence_is_over(&a->rb->precedences[e->part], a->rb->blocks[block].first))
			return e;
	}
	return NULL;
}

/* Can it make a block with a trigger of its own apply? */
static bool makes_apply(const struct asker *a, const struct entry *e, uint16_t block)
{
	const struct part *p = &a->rb->parts[e->part];
	return p->block == block && p->role != PART_STOPS && p->role != PART_ENDS;
}

static void add_day(struct asker *a, const struct question *q, int32_t day)
{
	if (day > q->from && day < q->until)
		*vec_push(&a->days) = day;
}

static bool noted(struct asker *a, uint16_t block)
{
	for (size_t i = 0; i < a->over.n; i++)
		if (a->over.at[i].block == block)
			return true;
	*vec_push(&a->over) = (struct over){block, NO_NODE};
	return false;
}

/* What decides on whether a block is overridden, and the days on which that changes; each block
 * that stands above it once. */
static void scan_overrides(struct asker *a, const struct place *where, const struct question *q,
			   uint16_t block)
{
	const struct entry *e;
	uint32_t i = 0;
	if (block == NONE || noted(a, block))
		return;
	while ((e = overriding(a, where, q->event, block, &i))) {
		const struct precedence *p = &a->rb->precedences[e->part];
		add_day(a, q, e->from);
		add_day(a, q, e->until);
		scan(a, &p->when);
		for (uint32_t k = 0; !p->standing && k < where->dispatch->n[q->event]; k++) {
			const struct entry *own = &where->dispatch->by_event[q->event][k];
			if (!makes_apply(a, own, p->block))
				continue;
			add_day(a, q, own->from);
			add_day(a, q, own->until);
			scan(a, &a->rb->parts[own->part].when);
		}
		scan_overrides(a, where, q, p->block);
	}
}

static void scan_all(struct asker *a, const struct place *where, const struct question *q)
{
	a->params.n = a->days.n = a->over.n = 0;
	a->today = false;
	for (size_t i = 0; i < q->nwants; i++)
		scan(a, q->wants[i].code);
	scan(a, q->differ[0]);
	scan(a, q->differ[1]);
	for (size_t i = 0; i < q->nunless; i++) {
		scan(a, q->unless[i].when);
		scan_overrides(a, where, q, q->unless[i].block);
	}
	scan_overrides(a, where, q, q->standing[0]);
	scan_overrides(a, where, q, q->standing[1]);
}

/* ---- one situation ---- */

/* The first day after `day` on which something changes that the question rests on. */
static int32_t next_change(const struct asker *a, uint16_t county, int32_t day, int32_t until)
{
	for (size_t i = 0; i < a->days.n; i++)
		if (a->days.at[i] > day && a->days.at[i] < until)
			until = a->days.at[i];
	for (size_t i = 0; i < a->params.n; i++) {
		const struct param *p = &a->rb->params[a->params.at[i]];
		const struct dated_list *l =
		    county == NONE ? &p->values : &a->rb->counties[county].values[a->params.at[i]];
		for (uint16_t k = 0; k < l->n; k++)
			if (l->at[k].from > day && l->at[k].from < until)
				until = l->at[k].from;
	}
	return until;
}

/* Which of those that may override a block are in force. */
static void key_overrides(struct asker *a, const struct place *where, const struct question *q,
			  uint16_t block, int32_t day)
{
	const struct entry *e;
	uint32_t i = 0;
	while ((e = overriding(a, where, q->event, block, &i))) {
		if (day < e->from || day >= e->until)
			continue;
		const struct precedence *p = &a->rb->precedences[e->part];
		buf_c(&a->key, " v");
		buf_i64(&a->key, e->part);
		for (uint32_t k = 0; !p->standing && k < where->dispatch->n[q->event]; k++) {
			const struct entry *own = &where->dispatch->by_event[q->event][k];
			if (makes_apply(a, own, p->block) && own->from <= day && day < own->until) {
				buf_char(&a->key, '.');
				buf_i64(&a->key, own->part);
			}
		}
	}
}

static struct str situation_key(struct asker *a, const struct place *where,
				const struct question *q, uint16_t county, int32_t from,
				int32_t until)
{
	buf_clear(&a->key);
	buf_str(&a->key, q->key);
	for (size_t i = 0; i < a->params.n; i++) {
		buf_char(&a->key, ' ');
		buf_i64(&a->key, param_on(a->rb, county, a->params.at[i], from)->value.i);
	}
	if (a->today) {
		buf_char(&a->key, '/');
		buf_i64(&a->key, from);
		buf_char(&a->key, '/');
		buf_i64(&a->key, until);
	}
	for (size_t i = 0; i < a->over.n; i++)
		key_overrides(a, where, q, a->over.at[i].block, from);
	return buf_view(&a->key);
}

static bool in_steps(const struct part *p)
{
	return p->role == PART_STEP || p->role == PART_ENDS || p->role == PART_OVERDUE;
}

static void want_step(struct space *s, const struct part *p)
{
	if (p && in_steps(p))
		space_want_step(s, p->escalation, p->after);
}

/* Does a block apply to the event? */
static uint32_t applies(const struct asker *a, const struct place *where, const struct question *q,
			uint16_t block, int32_t day, struct space *s)
{
	uint32_t any = space_not(s, space_always(s));
	for (uint32_t k = 0; k < where->dispatch->n[q->event]; k++) {
		const struct entry *own = &where->dispatch->by_event[q->event][k];
		const struct part *p = &a->rb->parts[own->part];
		if (!makes_apply(a, own, block) || day < own->from || day >= own->until)
			continue;
		uint32_t here = space_met(s, &p->when);
		if (in_steps(p))
			here = space_both(s, here, space_step(s, p->escalation, p->after));
		any = space_either(s, any, here);
	}
	return any;
}

static struct over *over_of(struct asker *a, uint16_t block)
{
	size_t i = 0;
	while (a->over.at[i].block != block)
		i++;
	return &a->over.at[i];
}

/* Is a block overridden? As decide does it: by a block that applies, is not overridden itself, and
 * whose `when` is met. What overrides what has no circles; each block is worked out once. */
static uint32_t overridden(struct asker *a, const struct place *where, const struct question *q,
			   uint16_t block, int32_t day, struct space *s)
{
	uint32_t any = over_of(a, block)->node, i = 0;
	const struct entry *e;
	if (any != NO_NODE)
		return any;
	any = space_not(s, space_always(s));
	while ((e = overriding(a, where, q->event, block, &i))) {
		const struct precedence *p = &a->rb->precedences[e->part];
		if (day < e->from || day >= e->until ||
		    a->rb->blocks[p->block].case_kind != q->kind)
			continue;
		uint32_t here = space_met(s, &p->when);
		if (!p->standing)
			here = space_both(s, here, applies(a, where, q, p->block, day, s));
		uint32_t self = overridden(a, where, q, p->block, day, s);
		any = space_either(s, any, space_both(s, here, space_not(s, self)));
	}
	over_of(a, block)->node = any;
	return any;
}

static void want_unless(struct asker *a, const struct place *where, const struct question *q,
			const struct unless *u, int32_t day, struct space *s)
{
	uint32_t here = u->when ? space_met(s, u->when) : space_always(s);
	if (u->escalation != NONE)
		here = space_both(s, here, space_step(s, u->escalation, u->steps));
	if (u->block != NONE)
		here = space_both(s, here, space_not(s, overridden(a, where, q, u->block, day, s)));
	space_want_node(s, here, TRUTH_NOT_MET);
}

static struct space *pose(struct asker *a, const struct place *where, const struct question *q,
			  uint16_t county, int32_t from, int32_t until)
{
	struct situation at = {a->rb, county, from, until, q->kind, q->event, 0};
	size_t left = a->most - a->work; /* not spent yet: see solve */
	at.work = left < LIMIT_SPACE_WORK ? left : LIMIT_SPACE_WORK;
	struct space *s = space_new(&at);
	for (size_t i = 0; i < a->over.n; i++)
		a->over.at[i].node = NO_NODE;
	for (size_t i = 0; i < q->nwants; i++)
		space_want(s, q->wants[i].code, q->wants[i].truths);
	want_step(s, q->in_step[0]);
	want_step(s, q->in_step[1]);
	if (q->differ[0])
		space_want_differ(s, q->differ[0], q->differ[1]);
	for (int i = 0; i < 2; i++)
		if (q->where[i].escalation != NONE)
			space_want_step(s, q->where[i].escalation, q->where[i].steps);
	for (size_t i = 0; i < q->nunless; i++)
		want_unless(a, where, q, &q->unless[i], from, s);
	for (int i = 0; i < 2; i++)
		if (q->standing[i] != NONE)
			space_want_node(s, overridden(a, where, q, q->standing[i], from, s),
					TRUTH_NOT_MET);
	return s;
}

#define ASKING 100 /* the work of a question before anything is searched */
#define ASKED  10  /* and of one that was asked before */

static struct known_reply solve(struct asker *a, const struct place *where,
				const struct question *q, uint16_t county, int32_t from,
				int32_t until)
{
	struct known_reply r = {.answer = SPACE_OPEN};
	if (asker_spent(a))
		return r;
	struct space *s = pose(a, where, q, county, from, until);
	struct buf b = {0};
	r.answer = space_solve(s);
	a->work += ASKING + space_work(s);
	if (r.answer == SPACE_EXAMPLE || r.answer == SPACE_POSSIBLE) {
		space_words(&b, s);
		r.words = arena_str(&a->arena, buf_view(&b));
	}
	buf_clear(&b);
	space_ranges(&b, s);
	r.ranges = arena_str(&a->arena, buf_view(&b));
	buf_release(&b);
	space_free(a->space);
	a->space = s;
	return r;
}

static const struct known_reply *reply_in(struct asker *a, const struct place *where,
					  const struct question *q, uint16_t county, int32_t from,
					  int32_t until)
{
	struct str key = situation_key(a, where, q, county, from, until);
	uint32_t i = map_get(&a->known, key);
	if (i == MAP_NONE) {
		i = (uint32_t)a->replies.n;
		map_put(&a->known, arena_str(&a->arena, key), i);
		struct known_reply r = solve(a, where, q, county, from, until);
		*vec_push(&a->replies) = r;
	}
	return &a->replies.at[i];
}

/* ---- all of them ---- */

static int rank(enum space_answer answer)
{
	return answer == SPACE_EXAMPLE ? 3 : answer == SPACE_POSSIBLE ? 2 : answer == SPACE_OPEN;
}

struct reply ask(struct asker *a, const struct place *where, const struct question *q)
{
	struct reply best = {.answer = SPACE_NONE, .county = NONE, .day = q->from};
	scan_all(a, where, q);
	best.depends = a->params.n > 0;
	size_t each = ASKED;
	for (size_t i = 0; i < a->params.n; i++)
		each += a->rb->params[a->params.at[i]].values.n;
	uint16_t n = a->params.n ? where->ncounties : 1;
	for (uint16_t c = 0; c < n; c++) {
		int32_t day = q->from;
		while (day < q->until && best.answer != SPACE_EXAMPLE) {
			int32_t next = next_change(a, where->counties[c], day, q->until);
			a->work += each;
			const struct known_reply *r =
			    reply_in(a, where, q, where->counties[c], day, next);
			if (rank(r->answer) >= rank(best.answer)) {
				best.answer = r->answer;
				best.county = where->counties[c];
				best.day = day;
				best.words = r->words;
				best.ranges = r->ranges;
			}
			day = next;
		}
	}
	best.space = a->space;
	return best;
}
