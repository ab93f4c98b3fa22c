/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of one event lay claim to (a fact, an escalation, a fine) is gathered and sorted,
 * so that only those are compared that claim the same.
 */
#include "engine/analyse/conflict.h"

#include "engine/base/mem.h"
#include "engine/base/vec.h"

#include <stdlib.h>

struct claim {
	enum conflict_kind kind;
	uint16_t of, what; /* kind of case and fact; 0 and escalation or block */
	uint32_t part;
	const struct action *action; /* set, enter; NULL: the role of the part */
	uint16_t step;               /* that it moves to */
	int32_t from, until;
};

struct finder {
	struct asker *a;
	const struct rulebook *rb;
	struct arena arena;
	VEC(struct claim) claims;
	struct map seen; /* pairs that were reported, with the answer */
	struct buf key;
	conflict_fn *each;
	void *arg;
};

/* ---- claims ---- */

static void claim_set(struct finder *f, const struct part *p, struct claim c)
{
	c.kind = CONFLICT_SET;
	c.of = f->rb->blocks[p->block].case_kind;
	c.what = c.action->fact;
	*vec_push(&f->claims) = c;
}

/* A stage's part enters it by its role as well. */
static void claim_enter(struct finder *f, const struct part *p, struct claim c)
{
	bool own = p->escalation == c.action->escalation && p->step == c.action->step;
	c.kind = CONFLICT_STEPS;
	c.what = c.action->escalation;
	c.step = c.action->step;
	if (!own)
		*vec_push(&f->claims) = c;
}

static void claim_actions(struct finder *f, const struct part *p, struct claim c,
			  const struct action *at, uint16_t n)
{
	for (uint16_t i = 0; i < n; i++) {
		c.action = &at[i];
		if (at[i].kind == ACTION_SET && !at[i].may && at[i].fact != NONE)
			claim_set(f, p, c);
		if (at[i].kind == ACTION_ENTER && at[i].escalation != NONE)
			claim_enter(f, p, c);
	}
}

static void claim_role(struct finder *f, const struct part *p, struct claim c)
{
	switch (p->role) {
	case PART_PLAIN:
	case PART_STOPS:
	case PART_PROMISE:
		return;
	case PART_TIER:
		c.kind = CONFLICT_TIERS;
		c.what = p->block;
		break;
	case PART_STEP:
	case PART_ENDS:
	case PART_OVERDUE:
		c.kind = CONFLICT_STEPS;
		c.what = p->escalation;
		c.step = p->step; /* 0 at the end */
		break;
	}
	*vec_push(&f->claims) = c;
}

static int by_claim(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->of != y->of)
		return x->of < y->of ? -1 : 1;
	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->action > y->action) - (x->action < y->action);
}

static bool same_target(const struct claim *x, const struct claim *y)
{
	return x->kind == y->kind && x->of == y->of && x->what == y->what;
}

/* ---- pairs ---- */

static bool same_constant(const struct code *x, const struct code *y)
{
	if (x->n > 1 || x->n != y->n)
		return false;
	return x->n == 0 || (x->at[0].op == OP_CONST && y->at[0].op == OP_CONST &&
			     value_eq(x->at[0].k, y->at[0].k));
}

/* Several triggers of one clause are alternatives: decide applies it once. */
static bool same_clause(const struct part *p, const struct part *q)
{
	return p->block == q->block && p->role == q->role && str_eq(p->label, q->label);
}

static bool may_disagree(const struct finder *f, const struct claim *x, const struct claim *y)
{
	const struct part *p = &f->rb->parts[x->part], *q = &f->rb->parts[y->part];
	if (x->from >= y->until || y->from >= x->until)
		return false;
	if (x->part != y->part && same_clause(p, q))
		return false;
	if (x->kind == CONFLICT_SET)
		return x->action != y->action &&
		       !same_constant(&x->action->value, &y->action->value);
	if (x->kind == CONFLICT_STEPS)
		return x->step != y->step;
	return x->part != y->part;
}

static void pair_key(struct finder *f, const struct claim *x, const struct claim *y)
{
	buf_clear(&f->key);
	buf_fmt(&f->key, "%c", "sep"[x->kind]);
	const int64_t numbers[] = {x->part, y->part, x->action ? x->action->span.off : 0,
				   y->action ? y->action->span.off : 0};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		buf_char(&f->key, ' ');
		buf_i64(&f->key, numbers[i]);
	}
}

static void add_span(struct buf *b, struct span s)
{
	buf_char(b, ' ');
	buf_i64(b, s.source);
	buf_char(b, ':');
	buf_i64(b, s.off);
}

/* Once for two places in the text, however many events and counties they meet in. */
static bool worth_telling(struct finder *f, const struct claim *x, const struct claim *y,
			  enum space_answer answer)
{
	buf_clear(&f->key);
	buf_fmt(&f->key, "%c", "sep"[x->kind]);
	add_span(&f->key, x->action ? x->action->span : f->rb->parts[x->part].span);
	add_span(&f->key, y->action ? y->action->span : f->rb->parts[y->part].span);
	uint32_t before = map_get(&f->seen, buf_view(&f->key));
	bool example = answer == SPACE_EXAMPLE;
	if (before != MAP_NONE && (before || !example))
		return false;
	map_put(&f->seen, arena_str(&f->arena, buf_view(&f->key)), example);
	return true;
}

/* What a block began may also end when it is overridden. */
static bool can_be_overridden(const struct part *p)
{
	return p->role != PART_STOPS && p->role != PART_ENDS;
}

/* `enter` moves a case that does not stand there already. */
static void stand_elsewhere(struct question *q, int i, const struct claim *c)
{
	if (c->kind != CONFLICT_STEPS || !c->action)
		return;
	q->where[i].escalation = c->what;
	q->where[i].steps = ~((uint64_t)1 << c->step);
}

static void compare(struct finder *f, const struct place *where, const struct claim *x,
		    const struct claim *y)
{
	const struct part *p = &f->rb->parts[x->part], *q = &f->rb->parts[y->part];
	struct want wants[] = {{&p->when, TRUTH_MET}, {&q->when, TRUTH_MET}};
	if (!may_disagree(f, x, y))
		return;
	pair_key(f, x, y);
	struct question both = question_of(
	    f->rb->blocks[p->block].case_kind, p->role == PART_OVERDUE ? NONE : p->event,
	    x->from > y->from ? x->from : y->from, x->until < y->until ? x->until : y->until);
	both.key = buf_view(&f->key);
	both.wants = wants;
	both.nwants = 2;
	both.in_step[0] = p;
	both.in_step[1] = q;
	both.standing[0] = can_be_overridden(p) ? p->block : NONE;
	both.standing[1] = can_be_overridden(q) ? q->block : NONE;
	stand_elsewhere(&both, 0, x);
	stand_elsewhere(&both, 1, y);
	if (x->kind == CONFLICT_SET) {
		both.differ[0] = &x->action->value;
		both.differ[1] = &y->action->value;
	}
	struct conflict c = {x->kind, x->part, y->part, {x->action, y->action}, {0}};
	c.reply = ask(f->a, where, &both);
	if (c.reply.answer != SPACE_NONE && worth_telling(f, x, y, c.reply.answer))
		f->each(f->arg, &c);
}

static void compare_claims(struct finder *f, const struct place *where)
{
	if (f->claims.n > 1)
		qsort(f->claims.at, f->claims.n, sizeof(*f->claims.at), by_claim);
	for (size_t i = 0; i < f->claims.n; i++)
		for (size_t k = i + 1;
		     k < f->claims.n && same_target(&f->claims.at[i], &f->claims.at[k]); k++)
			compare(f, where, &f->claims.at[i], &f->claims.at[k]);
	f->claims.n = 0;
}

/* ---- by event, and what has none ---- */

static void find_at(struct finder *f, const struct place *where, uint16_t event)
{
	const struct dispatch *d = where->dispatch;
	for (uint32_t i = 0; i < d->n[event]; i++) {
		const struct entry *e = &d->by_event[event][i];
		const struct part *p = &f->rb->parts[e->part];
		struct claim c = {.part = e->part, .from = e->from, .until = e->until};
		claim_actions(f, p, c, p->actions, p->nactions);
		claim_role(f, p, c);
	}
	compare_claims(f, where);
}

/* Actions that come with a deadline come alone; only they could disagree with one another. */
static void find_later(struct finder *f, const struct place *where, uint32_t part,
		       const struct action *at, uint16_t n)
{
	const struct part *p = &f->rb->parts[part];
	const struct program *of = &f->rb->programs[f->rb->blocks[p->block].program];
	struct claim c = {.part = part, .from = of->effective, .until = INT32_MAX};
	for (uint16_t i = 0; i < n; i++)
		find_later(f, where, part, at[i].otherwise, at[i].notherwise);
	claim_actions(f, p, c, at, n);
	compare_claims(f, where);
}

void conflicts_find(struct asker *a, conflict_fn *each, void *arg)
{
	struct finder f = {.a = a, .rb = asker_rulebook(a), .each = each, .arg = arg};
	struct places places = places_of(f.rb, &f.arena);
	struct place all = place_everywhere(f.rb, &f.arena);
	for (size_t i = 0; i < places.n; i++)
		for (uint16_t e = 0; e < f.rb->nevents; e++)
			find_at(&f, &places.at[i], e);
	for (uint32_t i = 0; i < f.rb->nparts; i++) {
		const struct part *p = &f.rb->parts[i];
		for (uint16_t k = 0; k < p->nactions; k++)
			find_later(&f, &all, i, p->actions[k].otherwise, p->actions[k].notherwise);
		if (p->role == PART_OVERDUE)
			find_later(&f, &all, i, p->actions, p->nactions);
	}
	vec_release(&f.claims);
	map_release(&f.seen);
	buf_release(&f.key);
	arena_release(&f.arena);
}
