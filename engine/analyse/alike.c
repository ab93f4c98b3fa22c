/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/alike.h"

#include "engine/analyse/meaning.h"

#include <stdlib.h>

struct comparing {
	struct asker *a;
	const struct block_at *old, *new;
	struct arena *arena;
	uint16_t event[2];
	const struct part *part[2]; /* the pair, old and new */
};

/* ---- the old condition in terms of the new rulebook ---- */

static uint16_t named_index(const struct named *list, uint16_t n, struct str name)
{
	for (uint16_t i = 0; i < n; i++)
		if (str_eq(list[i].name, name))
			return i;
	return NONE;
}

static bool translate_param(struct comparing *c, struct insn *in)
{
	const struct rulebook *old = c->old->rb, *new = c->new->rb;
	const struct param *p = &old->params[in->a];
	struct within w[2] = {{old, c->old->county, NONE, NONE}, {new, c->new->county, NONE, NONE}};
	struct buf text[2] = {{0}};
	bool same = false;
	for (uint16_t i = 0; i < new->nparams && !same; i++) {
		if (!str_eq(new->params[i].name, p->name) ||
		    !type_same(&new->params[i].type, &p->type))
			continue;
		buf_clear(&text[0]);
		buf_clear(&text[1]);
		meant_param(&text[0], &w[0], in->a);
		meant_param(&text[1], &w[1], i);
		same = str_eq(buf_view(&text[0]), buf_view(&text[1]));
		if (same)
			in->a = i;
	}
	buf_release(&text[0]);
	buf_release(&text[1]);
	if (same)
		return true;
	if (type_is_text(p->type.kind) || !meant_only_value(&w[0], in->a, &in->k))
		return false;
	in->op = OP_CONST;
	in->k.kind = (uint8_t)p->type.kind;
	return true;
}

/* A field of the event, and perhaps a fact of the case that it names; the vocabulary is the same.
 */
static bool translate_field(const struct comparing *c, struct insn *in)
{
	const struct rulebook *old = c->old->rb, *new = c->new->rb;
	const struct event_type *t = &old->events[c->event[0]];
	const struct event_type *u = &new->events[c->event[1]];
	const struct field *f = &t->fields[in->a];
	in->a = field_index(u, f->name);
	if (in->a == NONE || in->op == OP_FIELD)
		return in->a != NONE;
	uint16_t fact = fact_index(&new->kinds[u->fields[in->a].type.of],
				   old->kinds[f->type.of].facts[in->b].name);
	in->b = fact;
	return fact != NONE;
}

static bool translate_fact(const struct comparing *c, struct insn *in)
{
	const struct rulebook *old = c->old->rb, *new = c->new->rb;
	const struct case_kind *k = &old->kinds[old->blocks[c->old->block].case_kind];
	const struct case_kind *l = &new->kinds[new->blocks[c->new->block].case_kind];
	const struct fact *f = &k->facts[in->a];
	in->a = fact_index(l, f->name);
	if (in->a == NONE || in->op == OP_FACT)
		return in->a != NONE;
	uint16_t fact = fact_index(&new->kinds[l->facts[in->a].type.of],
				   old->kinds[f->type.of].facts[in->b].name);
	in->b = fact;
	return fact != NONE;
}

static bool translate_step(const struct comparing *c, struct insn *in)
{
	const struct rulebook *old = c->old->rb, *new = c->new->rb;
	const struct escalation *e = &old->escalations[in->a];
	const struct block *k = &old->blocks[e->block];
	for (uint16_t i = 0; i < new->nescalations; i++) {
		const struct escalation *x = &new->escalations[i];
		const struct block *b = &new->blocks[x->block];
		if (x->first != i || !str_eq(b->name, k->name) ||
		    !str_eq(new->programs[b->program].name, old->programs[k->program].name))
			continue;
		in->a = i;
		uint16_t step =
		    in->b ? named_index(x->steps, x->nsteps, e->steps[in->b - 1].name) : NONE;
		if (in->b && step == NONE)
			return false;
		in->b = in->b ? step + 1u : 0;
		return true;
	}
	return false;
}

static bool translate(struct comparing *c, struct insn *in)
{
	const struct rulebook *old = c->old->rb, *new = c->new->rb;
	switch ((enum op)in->op) {
	case OP_CONST:
	case OP_TODAY:
	case OP_OWED:
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
	case OP_KNOWN:
	case OP_NOT:
	case OP_AND:
	case OP_OR:
	case OP_OR_UNKNOWN:
	case OP_SKIP_IF_NO:
	case OP_SKIP_IF_YES:
		return true;
	case OP_PARAM:
		return translate_param(c, in);
	case OP_FACT:
	case OP_FACT_FACT:
		return translate_fact(c, in);
	case OP_FIELD:
	case OP_FIELD_FACT:
		return translate_field(c, in);
	case OP_COUNT:
	case OP_DAYS_SINCE:
		in->a = rulebook_event(new, old->events[in->a].name);
		return in->a != NONE;
	case OP_STEP_IS:
		return translate_step(c, in);
	case OP_PLACED_ON:
		in->a = named_index(new->dockets, new->ndockets, old->dockets[in->a].name);
		return in->a != NONE;
	case OP_PLACE:
		in->a = named_index(new->capacities, new->ncapacities, old->capacities[in->a].name);
		return in->a != NONE;
	default: /* what can fail, and what space does not follow exactly */
		return false;
	}
}

bool condition_carried(struct arena *arena, const struct block_at *from, uint16_t event,
		       const struct block_at *to, uint16_t as, const struct code *when,
		       struct code *out)
{
	struct comparing c = {.old = from, .new = to, .event = {event, as}};
	struct insn *at = arena_array(arena, when->n + 1u, sizeof(*at));
	*out = *when;
	out->at = at;
	for (uint32_t i = 0; i < when->n; i++) {
		at[i] = when->at[i];
		if (!translate(&c, &at[i]))
			return false;
	}
	return true;
}

/* ---- one pair ---- */

/* Is there a case in which the one comes out as `truth`, and the other does not? */
static bool differs(struct comparing *c, const struct code *old, uint32_t truth)
{
	const struct rulebook *rb = c->new->rb;
	const struct county *county = &rb->counties[c->new->county];
	struct place where = {county->dispatch, &c->new->county, 1};
	struct want wants[2] = {
	    {old, truth},
	    {&c->part[1]->when, (TRUTH_MET | TRUTH_NOT_MET | TRUTH_UNDECIDABLE) & ~truth}};
	struct question q = question_of(rb->blocks[c->new->block].case_kind, c->part[1]->event,
					county->first_day, INT32_MAX);
	struct buf key = {0};
	buf_fmt(&key, "alike %zu %u", asker_work(c->a), (unsigned)truth);
	q.key = buf_view(&key);
	q.wants = wants;
	q.nwants = 2;
	bool possible = ask(c->a, &where, &q).answer != SPACE_NONE;
	buf_release(&key);
	return possible;
}

static void text_of_condition(struct buf *b, const struct block_at *at, const struct part *p)
{
	struct within w = {at->rb, at->county, p->event, at->rb->blocks[at->block].case_kind};
	meant_code(b, &w, &p->when);
}

static bool whens_alike(struct comparing *c)
{
	struct buf text[2] = {{0}};
	struct code old, carried;
	const struct part *const *p = c->part;
	text_of_condition(&text[0], c->old, c->part[0]);
	text_of_condition(&text[1], c->new, c->part[1]);
	bool same = str_eq(buf_view(&text[0]), buf_view(&text[1]));
	buf_release(&text[0]);
	buf_release(&text[1]);
	if (same)
		return true;
	return p[0]->role != PART_OVERDUE && p[0]->when.n && p[1]->when.n &&
	       condition_carried(c->arena, c->old, p[0]->event, c->new, p[1]->event, &p[0]->when,
				 &old) &&
	       condition_carried(c->arena, c->new, p[1]->event, c->new, p[1]->event, &p[1]->when,
				 &carried) &&
	       !differs(c, &old, TRUTH_MET) && !differs(c, &old, TRUTH_NOT_MET) &&
	       !differs(c, &old, TRUTH_UNDECIDABLE);
}

/* ---- all pairs ---- */

struct part_text {
	const struct part *part;
	struct str text; /* without its condition */
};

static int by_text(const void *x, const void *y)
{
	const struct part_text *a = x, *b = y;
	int order = str_cmp(a->text, b->text);
	return order ? order : (a->part > b->part) - (a->part < b->part);
}

static struct part_text *texts_of(struct arena *a, const struct block_at *at)
{
	const struct block *k = &at->rb->blocks[at->block];
	struct part_text *all = arena_array(a, k->nparts + 1u, sizeof(*all));
	struct buf text = {0};
	for (uint32_t i = 0; i < k->nparts; i++) {
		const struct part *p = &at->rb->parts[k->first_part + i];
		struct within w = {at->rb, at->county, NONE, k->case_kind};
		buf_clear(&text);
		meant_part(&text, &w, p, false);
		all[i] = (struct part_text){p, arena_str(a, buf_view(&text))};
	}
	qsort(all, k->nparts, sizeof(*all), by_text);
	buf_release(&text);
	return all;
}

static bool all_alike(struct comparing *c)
{
	uint16_t n = c->new->rb->blocks[c->new->block].nparts;
	struct part_text *old = texts_of(c->arena, c->old), *new = texts_of(c->arena, c->new);
	for (uint16_t i = 0; i < n; i++) {
		c->part[0] = old[i].part;
		c->part[1] = new[i].part;
		if (!str_eq(old[i].text, new[i].text) || !whens_alike(c))
			return false;
	}
	return true;
}

bool blocks_alike(struct asker *a, const struct block_at *old, const struct block_at *new)
{
	struct arena arena = {0};
	struct comparing c = {.a = a, .old = old, .new = new, .arena = &arena};
	struct buf text[2] = {{0}};
	meant_block_but(&text[0], old->rb, old->county, old->block);
	meant_block_but(&text[1], new->rb, new->county, new->block);
	bool same = str_eq(buf_view(&text[0]), buf_view(&text[1])) &&
		    old->rb->blocks[old->block].nparts ==
			new->rb->blocks[new->block].nparts &&all_alike(&c);
	buf_release(&text[0]);
	buf_release(&text[1]);
	arena_release(&arena);
	return same;
}
