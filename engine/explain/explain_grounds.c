/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/explain_internal.h"

/* ---- what the trace tells of ---- */

struct span considered_place(const struct rulebook *rb, const struct considered *c)
{
	if (c->what == SUBJECT_OVERRIDE)
		return rb->precedences[c->index].span;
	return c->what == SUBJECT_NEVER ? reading_block(rb, c)->span : rb->parts[c->index].span;
}

bool considered_find(const struct trace *t, uint32_t part, struct considered *out)
{
	struct considered c;
	for (size_t i = 0; reading_next(t, &i, &c);) {
		if (c.what != SUBJECT_PART || c.index != part)
			continue;
		*out = c;
		return true;
	}
	return false;
}

bool considered_is_worth_telling(const struct considered *c)
{
	return c->result != RESULT_APPLIES && c->result != RESULT_HOLDS;
}

/* ---- what an outcome rests on ---- */

bool outcome_is_own(const struct outcome *o)
{
	return !o->reversal && !o->source.len;
}

const struct action *outcome_action(const struct rulebook *rb, const struct outcome *o)
{
	const struct part *p = &rb->parts[o->part];
	const struct action *a;
	for (uint16_t i = 0; (a = part_action(p, i)); i++)
		if (a->kind == o->action && a->span.off == o->span.off &&
		    a->span.source == o->span.source)
			return a;
	return NULL;
}

const struct code *outcome_amount(const struct rulebook *rb, const struct decision *d,
				  const struct outcome *o)
{
	const struct action *a = outcome_action(rb, o);
	if (!a || a->kind != ACTION_START)
		return a ? &a->amount : NULL;
	const struct schedule *s = schedule_on(rb, d->event.county, a->schedule, d->event.day);
	return s ? &s->amount : NULL;
}

static void add_grounds(struct grounds *g, const struct rulebook *rb, const struct code *code,
			const struct considered *c)
{
	const struct condition *cond = condition_read(&g->arena, code, c->seen, c->nseen);
	if (cond->root)
		g->n = term_operands(rb, cond->root, g->read, g->n, TERMS_MOST);
}

void grounds_find(struct grounds *g, const struct wording *w, const struct decision *d,
		  const struct considered *c, const struct outcome *o)
{
	*g = (struct grounds){0};
	const struct code *amount = outcome_amount(w->rb, d, o);
	add_grounds(g, w->rb, reading_code(w->rb, c), c);
	if (amount)
		add_grounds(g, w->rb, amount, c);
}

void grounds_release(struct grounds *g)
{
	arena_release(&g->arena);
}

size_t grounds_rows(const struct wording *w, const struct decision *d, const struct outcome *o,
		    const struct grounds *g, const struct lookup **out)
{
	size_t n = 0;
	for (size_t i = 0; i < d->nlookups && n < TERMS_MOST; i++) {
		const struct lookup *l = &d->lookups[i];
		bool named = false;
		for (size_t k = 0; k < g->n; k++)
			named |= g->read[k]->in->op == OP_TABLE &&
				 g->read[k]->in->a == w->rb->tables[l->table].first;
		if (l->part == o->part && named)
			out[n++] = l;
	}
	return n;
}
