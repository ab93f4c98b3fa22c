/* SPDX-License-Identifier: Apache-2.0
 *
 * Written as text, in the order of the rulebook: another order counts as another footing, which
 * costs a look at the cases and nothing else. Whatever case_read comes to ask of a rulebook belongs
 * here, too.
 */
#include "daemon/wire/footing.h"

static void put(struct buf *b, const char *what, struct str name)
{
	buf_c(b, what);
	buf_char(b, ' ');
	buf_str(b, name);
	buf_char(b, '\n'); /* names have none */
}

static void put_named(struct buf *b, const char *what, const struct named *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(b, what, list[i].name);
}

/* What can be read as a value of it. */
static void put_fact(struct buf *b, const struct rulebook *rb, const struct fact *f)
{
	const struct type *t = &f->type;
	put(b, "fact", f->name);
	buf_fmt(b, "%d %d %d", (int)t->kind, f->optional, t->has_range);
	if (t->has_range)
		buf_fmt(b, " %lld to %lld", (long long)t->min, (long long)t->max);
	buf_char(b, '\n');
	if (t->kind == TYPE_CHOICE)
		for (uint16_t i = 0; i < rb->choices[t->of].n; i++)
			put(b, "option", rb->choices[t->of].names[i]);
	if (t->kind == TYPE_REF)
		put(b, "reference to", rb->kinds[t->of].name);
}

static void put_kind(struct buf *b, const struct rulebook *rb, const struct case_kind *k)
{
	put(b, "kind", k->name);
	for (uint16_t i = 0; i < k->nfacts; i++)
		put_fact(b, rb, &k->facts[i]);
}

static void put_steps(struct buf *b, const struct rulebook *rb, const struct escalation *e)
{
	const struct escalation *own = &rb->escalations[e->first];
	put_named(b, "step", e->steps, e->nsteps);
	for (uint16_t i = 0; i < own->nmoves; i++) {
		put(b, "move", own->moves[i].from);
		buf_fmt(b, "to %u\n", own->moves[i].to);
	}
}

/* What an open deadline or a proposal finds again of it. */
static void put_part(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	const struct action *a;
	put(b, "part", p->label);
	buf_fmt(b, "%d %u\n", p->role == PART_ENDS, p->step);
	if (p->event < rb->nevents)
		put(b, "on", rb->events[p->event].name);
	for (uint16_t i = 0; (a = part_action(p, i)); i++) {
		buf_fmt(b, "action %d %d\n", (int)a->kind, a->may);
		if (a->kind == ACTION_SET)
			buf_fmt(b, "sets %u\n", a->fact);
	}
}

static void put_block(struct buf *b, const struct rulebook *rb, const struct block *block)
{
	put(b, "block", block->name);
	put(b, "of", block->program == NONE ? STR("") : rb->programs[block->program].name);
	put(b, "in", block->county == NONE ? STR("") : rb->counties[block->county].name);
	buf_fmt(b, "%d %u\n", (int)block->kind, block->case_kind);
	if (block_has_steps(block->kind) && block->detail != NONE)
		put_steps(b, rb, &rb->escalations[block->detail]);
	for (uint16_t i = 0; i < block->nlimits; i++) {
		buf_c(b, "limit ");
		limit_words(b, &block->limits[i]);
		buf_char(b, '\n');
	}
	for (uint16_t i = 0; i < block->nparts; i++)
		put_part(b, rb, &rb->parts[block->first_part + i]);
}

static void put_footing(struct buf *b, const struct rulebook *rb)
{
	for (size_t i = 0; i < rb->nkinds; i++)
		put_kind(b, rb, &rb->kinds[i]);
	for (size_t i = 0; i < rb->ncounties; i++)
		put(b, "county", rb->counties[i].name);
	for (size_t i = 0; i < rb->nevents; i++)
		put(b, "event", rb->events[i].name);
	put_named(b, "line", rb->lines, rb->nlines);
	put_named(b, "fund", rb->funds, rb->nfunds);
	put_named(b, "capacity", rb->capacities, rb->ncapacities);
	for (size_t i = 0; i < rb->ndockets; i++)
		put(b, "docket", rb->dockets[i].name);
	for (uint32_t i = 0; i < rb->nblocks; i++)
		put_block(b, rb, &rb->blocks[i]);
}

bool footing_same(const struct rulebook *a, const struct rulebook *b)
{
	struct buf one = {0}, other = {0};
	put_footing(&one, a);
	put_footing(&other, b);
	bool same = str_eq(buf_view(&one), buf_view(&other));
	buf_release(&one);
	buf_release(&other);
	return same;
}
