/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trial/mutate.h"

#include "engine/trial/scenario_run.h"
#include "engine/explain/wording.h"
#include "engine/policy/reads.h"

#include <string.h>

struct mutating {
	struct mutants *m;
	const struct rulebook *rb;
	uint32_t block;
	bool *params_seen, *tables_seen;
	struct buf was, now;
};

/* ---- one change ---- */

static struct patch patch_of(const void *at, size_t size, uint64_t now)
{
	struct patch p = {.at = (void *)(uintptr_t)at, .size = (uint8_t)size, .now = now};
	memcpy(&p.was, at, size);
	return p;
}

void mutant_apply(const struct mutant *m)
{
	for (size_t i = 0; i < MUTANT_PATCHES && m->patches[i].size; i++)
		memcpy(m->patches[i].at, &m->patches[i].now, m->patches[i].size);
}

void mutant_undo(const struct mutant *m)
{
	for (size_t i = 0; i < MUTANT_PATCHES && m->patches[i].size; i++)
		memcpy(m->patches[i].at, &m->patches[i].was, m->patches[i].size);
}

static bool is_known(const struct mutants *m, const struct patch *p)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->at[i].patches[0].at == p->at && m->at[i].patches[0].now == p->now)
			return true;
	return false;
}

/* In words: what stands in g->was and g->now. */
static void add(struct mutating *g, struct span span, struct patch first, struct patch second)
{
	struct arena *a = &g->m->arena;
	if (!is_known(g->m, &first))
		*vec_push(g->m) = (struct mutant){
		    .block = g->block,
		    .param = NONE,
		    .span = span,
		    .was = arena_str(a, buf_view(&g->was)),
		    .now = arena_str(a, buf_view(&g->now)),
		    .patches = {first, second},
		};
	buf_clear(&g->was);
	buf_clear(&g->now);
}

/* ---- conditions and amounts ---- */

static bool swapped(enum op op, enum op *other)
{
	static const struct {
		enum op a, b;
	} pairs[] = {{OP_GE, OP_GT}, {OP_LE, OP_LT}, {OP_EQ, OP_NE}, {OP_AND, OP_OR}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (op != pairs[i].a && op != pairs[i].b)
			continue;
		*other = op == pairs[i].a ? pairs[i].b : pairs[i].a;
		return true;
	}
	return false;
}

static const char *op_text(enum op op)
{
	switch (op) {
	case OP_GE:
		return ">=";
	case OP_GT:
		return ">";
	case OP_LE:
		return "<=";
	case OP_LT:
		return "<";
	case OP_EQ:
		return "is";
	case OP_NE:
		return "is not";
	case OP_AND:
		return "and";
	case OP_OR:
		return "or";
	default:
		return "";
	}
}

/* The jump that goes with an `and` or `or`, which ends right after it. */
static const struct insn *skip_of(const struct code *c, uint32_t join)
{
	for (uint32_t i = join; i-- > 0;)
		if ((c->at[i].op == OP_SKIP_IF_NO || c->at[i].op == OP_SKIP_IF_YES) &&
		    c->at[i].b == join + 1)
			return &c->at[i];
	return NULL;
}

static void change_op(struct mutating *g, const struct code *c, uint32_t i)
{
	const struct insn *in = &c->at[i];
	struct patch second = {0};
	enum op other;
	if (!swapped((enum op)in->op, &other))
		return;
	if (other == OP_AND || other == OP_OR) {
		const struct insn *skip = skip_of(c, i);
		if (!skip)
			return;
		second = patch_of(&skip->op, sizeof(skip->op),
				  other == OP_AND ? OP_SKIP_IF_NO : OP_SKIP_IF_YES);
	}
	source_words(&g->was, g->rb, in->span);
	buf_fmt(&g->now, "`%s` for `%s`", op_text(other), op_text((enum op)in->op));
	add(g, in->span, patch_of(&in->op, sizeof(in->op), (uint64_t)other), second);
}

static int64_t small_step(enum type_kind kind)
{
	switch (kind) {
	case TYPE_MONEY:
		return 100;
	case TYPE_PERCENT:
		return 10000;
	case TYPE_NUMBER:
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		return 1;
	default:
		return 0;
	}
}

static void change_value(struct mutating *g, struct span span, const struct value *v, int sign)
{
	int64_t step = small_step((enum type_kind)v->kind);
	int64_t now;
	if (!v->known || !step || __builtin_add_overflow(v->i, sign * step, &now) || now < 0)
		return;
	value_text(&g->was, *v);
	value_text(&g->now, value_int((enum type_kind)v->kind, now));
	add(g, span, patch_of(&v->i, sizeof(v->i), (uint64_t)now), (struct patch){0});
}

static void change_param(struct mutating *g, uint16_t param)
{
	const struct param *p = &g->rb->params[param];
	uint32_t block = g->block;
	if (g->params_seen[param])
		return;
	g->params_seen[param] = true;
	for (uint16_t i = 0; i < p->values.n; i++) {
		const struct dated *d = &p->values.at[i];
		size_t before = g->m->n;
		if (d->value.kind != p->type.kind)
			continue;
		change_value(g, d->span.len ? d->span : p->span, &d->value, 1);
		for (; before < g->m->n; before++) {
			g->m->at[before].param = param;
			g->m->at[before].block = block;
		}
	}
}

/* ---- tables ---- */

/* The bound at which another row goes on where this one ends; NULL: there is none. */
static const struct table_bound *next_bound(const struct table *t, uint16_t column,
					    const struct table_bound *end)
{
	for (uint16_t r = 0; r < t->nrows; r++) {
		const struct table_cell *c = t->rows[r].cells ? &t->rows[r].cells[column] : NULL;
		for (uint16_t i = 0; c && i < c->n; i++)
			if (c->at[i].lo.param == end->param && c->at[i].lo.n == end->n + 1)
				return &c->at[i].lo;
	}
	return NULL;
}

/* The row ends a little later or earlier, and the next one begins there. */
static void change_end(struct mutating *g, const struct table *t, uint16_t column,
		       const struct table_cell *cell, const struct table_range *range, int64_t by)
{
	const struct table_bound *end = &range->hi, *next;
	struct patch second = {0};
	if (!by || end->n > INT64_MAX / 2 || end->n + by < INT64_MIN / 2)
		return;
	next = next_bound(t, column, end);
	if (next)
		second = patch_of(&next->n, sizeof(next->n), (uint64_t)(next->n + by));
	source_words(&g->was, g->rb, cell->span);
	buf_fmt(&g->now, "it ends %s", by > 0 ? "a little later" : "a little sooner");
	add(g, cell->span, patch_of(&end->n, sizeof(end->n), (uint64_t)(end->n + by)), second);
}

static void change_row(struct mutating *g, const struct table *t, const struct table_row *row)
{
	const struct table *own = &g->rb->tables[t->first];
	for (uint16_t c = 0; row->cells && c < t->ninputs; c++) {
		const struct table_cell *cell = &row->cells[c];
		int64_t step = small_step(t->inputs[c].type.kind);
		for (uint16_t i = 0; i < cell->n; i++) {
			change_end(g, t, c, cell, &cell->at[i], step);
			change_end(g, t, c, cell, &cell->at[i], -step);
		}
	}
	for (uint16_t i = 0; i < own->noutputs; i++)
		if (row->outputs[i].param == NONE)
			change_value(g, row->span, &row->outputs[i].value, 1);
		else
			change_param(g, row->outputs[i].param);
	for (uint16_t i = 0; i < row->nparams; i++)
		change_param(g, row->params[i]);
}

/* In every county's replacement, too. It counts as the provision's that looks it up first. */
static void change_table(struct mutating *g, uint16_t first)
{
	if (g->tables_seen[first])
		return;
	g->tables_seen[first] = true;
	for (uint16_t t = 0; t < g->rb->ntables; t++)
		for (uint16_t r = 0; g->rb->tables[t].first == first && r < g->rb->tables[t].nrows;
		     r++)
			change_row(g, &g->rb->tables[t], &g->rb->tables[t].rows[r]);
}

static void change_code(void *arg, const struct code *c)
{
	struct mutating *g = arg;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct insn *in = &c->at[i];
		change_op(g, c, i);
		if (in->op == OP_PARAM)
			change_param(g, in->a);
		if (in->op == OP_TABLE)
			change_table(g, in->a);
		if (in->op != OP_CONST)
			continue;
		change_value(g, in->span, &in->k, 1);
		change_value(g, in->span, &in->k, -1);
	}
}

static void change_period(void *arg, const struct period *p)
{
	struct mutating *g = arg;
	if (p->param != NONE) {
		change_param(g, p->param);
		return;
	}
	if (p->n <= 0)
		return;
	buf_fmt(&g->was, "%d ", (int)p->n);
	buf_str(&g->was, unit_name(p->unit, true));
	buf_fmt(&g->now, "%d ", (int)p->n + 1);
	buf_str(&g->now, unit_name(p->unit, true));
	add(g, g->rb->blocks[g->block].span, patch_of(&p->n, sizeof(p->n), (uint64_t)p->n + 1),
	    (struct patch){0});
}

static void leave_out(struct mutating *g, const struct code *when)
{
	if (!when->n)
		return;
	source_words(&g->was, g->rb, when->span);
	buf_str(&g->now, STR("left out"));
	add(g, when->span, patch_of(&when->n, sizeof(when->n), 0), (struct patch){0});
}

/* ---- all of them ---- */

static void change_part(struct mutating *g, const struct part *p)
{
	part_reads(g->rb, p, &(struct part_reader){change_code, change_period, g});
	leave_out(g, &p->when);
}

/* By block: is it in force anywhere? */
static bool *in_force(struct mutating *g)
{
	const struct rulebook *rb = g->rb;
	bool *is = arena_array(&g->m->arena, rb->nblocks + 1u, sizeof(*is));
	for (uint16_t c = 0; c < rb->ncounties; c++) {
		const struct dispatch *d = rb->counties[c].dispatch;
		for (uint16_t e = 0; e < rb->nevents; e++)
			for (uint32_t i = 0; i < d->n[e]; i++)
				is[rb->parts[d->by_event[e][i].part].block] = true;
		for (uint32_t i = 0; i < d->nnevers; i++)
			is[d->nevers[i]] = true;
	}
	return is;
}

void mutants_find(struct mutants *m, struct rulebook *rb)
{
	struct mutating g = {.m = m, .rb = rb};
	g.params_seen = arena_array(&m->arena, rb->nparams + 1u, sizeof(bool));
	g.tables_seen = arena_array(&m->arena, rb->ntables + 1u, sizeof(bool));
	const bool *is = in_force(&g);
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		const struct block *k = &rb->blocks[i];
		g.block = i;
		for (uint32_t p = k->first_part; is[i] && p < k->first_part + k->nparts; p++)
			change_part(&g, &rb->parts[p]);
		if (!is[i] || k->kind != BLOCK_NEVER)
			continue;
		change_code(&g, &rb->nevers[k->detail].when);
		for (uint16_t n = 0; n < k->nlimits; n++)
			change_code(&g, &k->limits[n].most);
	}
	buf_release(&g.was);
	buf_release(&g.now);
}

void mutants_release(struct mutants *m)
{
	arena_release(&m->arena);
	vec_release(m);
}

bool mutant_noticed(const struct rulebook *rb, const bool *passing)
{
	for (uint32_t i = 0; i < rb->nscenarios; i++) {
		struct scenario_result r;
		if (passing && !passing[i])
			continue;
		scenario_run(rb, &rb->scenarios[i], (struct scenario_options){0}, &r);
		bool failed = r.verdict == VERDICT_FAILED;
		scenario_result_release(&r);
		if (failed)
			return true;
	}
	return false;
}
