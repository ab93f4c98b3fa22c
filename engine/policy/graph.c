/* SPDX-License-Identifier: Apache-2.0
 *
 * What a view of the rule graph shows, and the graph as JSON.
 */
#include "engine/policy/graph.h"

#include "engine/base/mem.h"
#include "engine/base/vec.h"
#include "engine/policy/reads.h"

#include <stdlib.h>

/* ---- which blocks ---- */

static void widen(struct graph_block *g, const struct entry *e)
{
	if (e->from < g->from)
		g->from = e->from;
	if (e->until > g->until)
		g->until = e->until;
}

static void days_in_county(const struct rulebook *rb, uint16_t county, struct graph_block *days)
{
	const struct dispatch *d = rb->counties[county].dispatch;
	for (uint16_t e = 0; e < rb->nevents; e++) {
		for (uint32_t i = 0; i < d->n[e]; i++)
			widen(&days[rb->parts[d->by_event[e][i].part].block], &d->by_event[e][i]);
		for (uint32_t i = 0; d->overrides && i < d->noverrides[e]; i++)
			widen(&days[rb->precedences[d->overrides[e][i].part].block],
			      &d->overrides[e][i]);
	}
	for (uint32_t i = 0; i < d->nshares; i++)
		widen(&days[rb->shares[d->shares[i].part].block], &d->shares[i]);
	for (uint32_t i = 0; i < d->nnevers; i++)
		widen(&days[d->nevers[i]], &d->never_days[i]);
}

/* A table, from when until when it holds in a county: it is in no dispatch. */
static void days_of_table(const struct rulebook *rb, uint16_t county, const struct table *t,
			  int32_t from, struct graph_block *days)
{
	uint16_t now = t->first;
	for (uint16_t i = 0; i < t->variants.n; i++) {
		const struct variant *v = &t->variants.at[i];
		int32_t day = v->from > from ? v->from : from;
		if (v->county != county)
			continue;
		if (now != NONE && from < day)
			widen(&days[rb->tables[now].block], &(struct entry){0, from, day});
		now = v->by;
		from = day;
	}
	if (now != NONE)
		widen(&days[rb->tables[now].block], &(struct entry){0, from, INT32_MAX});
}

/* A schedule that only other blocks start has no part of its own in a dispatch. */
static void days_of_partless(const struct rulebook *rb, uint16_t county, struct graph_block *days)
{
	const struct county *c = &rb->counties[county];
	for (uint16_t a = 0; a < c->nadopts; a++) {
		const struct program *p = &rb->programs[c->adopts[a].program];
		for (uint32_t i = p->first_block; i < p->first_block + p->nblocks; i++) {
			const struct block *k = &rb->blocks[i];
			if (!k->nparts && k->kind == BLOCK_SCHEDULE)
				widen(&days[i], &(struct entry){0, c->adopts[a].from, INT32_MAX});
			if (k->kind == BLOCK_TABLE)
				days_of_table(rb, county, &rb->tables[k->detail], c->adopts[a].from,
					      days);
		}
	}
}

static void days_as_written(const struct rulebook *rb, struct graph_block *days)
{
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		struct entry e = {0, rb->programs[rb->blocks[i].program].effective, INT32_MAX};
		if (rb->blocks[i].county == NONE)
			widen(&days[i], &e);
	}
}

struct order {
	uint16_t program;
	struct graph_block g;
};

static int by_program(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	if (x->program != y->program)
		return x->program < y->program ? -1 : 1;
	return (x->g.block > y->g.block) - (x->g.block < y->g.block);
}

struct graph_block *graph_blocks(const struct rulebook *rb, const struct graph_view *v, size_t *n)
{
	struct graph_block *days = mem_alloc((rb->nblocks + 1u) * sizeof(*days));
	struct order *order = mem_alloc((rb->nblocks + 1u) * sizeof(*order));
	for (uint32_t i = 0; i < rb->nblocks; i++)
		days[i] = (struct graph_block){i, INT32_MAX, INT32_MIN};
	if (v->county == NONE) {
		days_as_written(rb, days);
	} else {
		days_in_county(rb, v->county, days);
		days_of_partless(rb, v->county, days);
	}
	*n = 0;
	for (uint32_t i = 0; i < rb->nblocks; i++) {
		uint16_t program = rb->blocks[i].program;
		bool shown = v->program == NONE || v->program == program;
		if (shown && days[i].from < days[i].until)
			order[(*n)++] = (struct order){program, days[i]};
	}
	if (*n)
		qsort(order, *n, sizeof(*order), by_program);
	for (size_t i = 0; i < *n; i++)
		days[i] = order[i].g;
	mem_free(order);
	return days;
}

const struct precedence *graph_overrides(const struct rulebook *rb, uint32_t block)
{
	for (uint16_t i = 0; i < rb->nprecedences; i++)
		if (rb->precedences[i].block == block)
			return &rb->precedences[i];
	return NULL;
}

/* ---- what a part reads ---- */

struct uses {
	const struct rulebook *rb;
	const struct part *part;
	VEC(struct str) seen;
	void (*each)(void *arg, enum graph_use use, struct str name);
	void *arg;
};

static void use(struct uses *u, enum graph_use kind, struct str name)
{
	for (size_t i = 0; i < u->seen.n; i++)
		if (str_eq(u->seen.at[i], name))
			return;
	*vec_push(&u->seen) = name;
	u->each(u->arg, kind, name);
}

static void uses_code(void *arg, const struct code *c);

static void uses_insn(struct uses *u, const struct insn *in)
{
	const struct rulebook *rb = u->rb;
	const struct block *block = &rb->blocks[u->part->block];
	const struct event_type *e = &rb->events[u->part->event];
	switch ((enum op)in->op) {
	case OP_FACT:
	case OP_FACT_FACT:
		if (block->case_kind != NONE)
			use(u, GRAPH_FACT, rb->kinds[block->case_kind].facts[in->a].name);
		return;
	case OP_FIELD:
	case OP_FIELD_FACT:
		if (in->a < e->nfields)
			use(u, GRAPH_FIELD, e->fields[in->a].name);
		return;
	case OP_PARAM:
		use(u, GRAPH_PARAM, rb->params[in->a].name);
		return;
	case OP_COUNT:
	case OP_COUNT_IN:
	case OP_DAYS_SINCE:
		use(u, GRAPH_COUNT, rb->events[in->a].name);
		return;
	case OP_STEP_IS:
		use(u, GRAPH_OTHER, rb->blocks[rb->escalations[in->a].block].name);
		return;
	case OP_PLACED_ON:
		use(u, GRAPH_OTHER, rb->dockets[in->a].name);
		return;
	case OP_PLACE:
		use(u, GRAPH_OTHER, rb->capacities[in->a].name);
		return;
	case OP_PAID_UNDER:
		use(u, GRAPH_OTHER, rb->blocks[rb->schedules[in->a].block].name);
		return;
	case OP_TABLE:
		use(u, GRAPH_OTHER, rb->blocks[rb->tables[in->a].block].name);
		for (uint16_t i = 0; i < rb->tables[in->a].ninputs; i++)
			uses_code(u, &rb->tables[in->a].readings[TABLE_READING(in->b)].inputs[i]);
		return;
	default:
		return;
	}
}

static void uses_code(void *arg, const struct code *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		uses_insn(arg, &c->at[i]);
}

static void uses_period(void *arg, const struct period *p)
{
	struct uses *u = arg;
	if (p->param != NONE && p->param < u->rb->nparams)
		use(u, GRAPH_PARAM, u->rb->params[p->param].name);
}

void graph_uses(const struct rulebook *rb, const struct part *p,
		void (*each)(void *arg, enum graph_use use, struct str name), void *arg)
{
	struct uses u = {.rb = rb, .part = p, .each = each, .arg = arg};
	part_reads(rb, p, &(struct part_reader){uses_code, uses_period, &u});
	vec_release(&u.seen);
}

/* ---- JSON ---- */

static void member(struct buf *b, const char *name, struct str value)
{
	if (b->len && b->p[b->len - 1] != '{')
		buf_char(b, ',');
	buf_json(b, str_from(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void member_day(struct buf *b, const char *name, int32_t day)
{
	if (day <= DAY_MIN || day > DAY_MAX)
		return;
	buf_fmt(b, ",\"%s\":\"", name);
	day_text(b, day);
	buf_char(b, '"');
}

static void place(struct buf *b, const struct rulebook *rb, struct span span)
{
	if (span.source >= rb->nsources)
		return;
	member(b, "file", rb->sources[span.source].name);
	buf_fmt(b, ",\"line\":%u", rulebook_line(rb, span));
}

static void optional(struct buf *b, const char *name, struct str value)
{
	if (value.len)
		member(b, name, value);
}

static void json_use(void *arg, enum graph_use kind, struct str name)
{
	static const char *const kinds[] = {"fact", "field", "parameter", "event", "block"};
	struct buf *b = arg;
	if (b->p[b->len - 1] != '[')
		buf_char(b, ',');
	buf_char(b, '{');
	member(b, kinds[kind], name);
	buf_char(b, '}');
}

static void json_actions(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	buf_c(b, ",\"actions\":[");
	for (uint16_t i = 0; i < p->nactions; i++) {
		const struct action *a = &p->actions[i];
		buf_c(b, i ? ",{" : "{");
		member(b, "action", action_verb(a->kind));
		buf_c(b, a->may ? ",\"proposal\":true" : "");
		member(b, "text", rulebook_text(rb, a->span));
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void json_after(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	const struct escalation *e = &rb->escalations[p->escalation];
	member(b, "enters", e->steps[p->step - 1].name);
	buf_c(b, ",\"after\":[");
	for (uint16_t s = 1, first = 1; s <= e->nsteps; s++) {
		if (!(p->after >> s & 1))
			continue;
		buf_c(b, first ? "" : ",");
		buf_json(b, e->steps[s - 1].name);
		first = 0;
	}
	buf_char(b, ']');
}

static void json_part(struct buf *b, const struct rulebook *rb, uint32_t i)
{
	static const char *const roles[] = {
	    [PART_PLAIN] = "plain",    [PART_TIER] = "tier",   [PART_STEP] = "step",
	    [PART_ENDS] = "ends",      [PART_STOPS] = "stops", [PART_OVERDUE] = "overdue",
	    [PART_PROMISE] = "promise"};
	const struct part *p = &rb->parts[i];
	buf_char(b, '{');
	member(b, "role", str_from(roles[p->role]));
	optional(b, "label", p->label);
	member(b, p->role == PART_OVERDUE ? "awaits" : "on", rb->events[p->event].name);
	if (p->when.n)
		member(b, "when", rulebook_text(rb, p->when.span));
	if (p->role == PART_STEP || p->role == PART_OVERDUE)
		json_after(b, rb, p);
	json_actions(b, rb, p);
	buf_c(b, ",\"reads\":[");
	graph_uses(rb, p, json_use, b);
	buf_char(b, ']');
	optional(b, "cite", p->cite);
	place(b, rb, p->span);
	buf_char(b, '}');
}

static void json_overrides(struct buf *b, const struct rulebook *rb, uint32_t block)
{
	const struct precedence *p = graph_overrides(rb, block);
	if (!p)
		return;
	buf_c(b, ",\"overrides\":[");
	for (uint16_t i = 0; i < p->nover; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, rb->blocks[p->over[i]].name);
	}
	buf_char(b, ']');
	if (p->when.n)
		member(b, "overrides_when", rulebook_text(rb, p->when.span));
}

/* Its columns, and its rows as they are written. */
static void json_table(struct buf *b, const struct rulebook *rb, const struct table *t)
{
	buf_c(b, ",\"inputs\":[");
	for (uint16_t i = 0; i < t->ninputs; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, t->inputs[i].name);
	}
	buf_c(b, "],\"outputs\":[");
	for (uint16_t i = 0; i < t->noutputs; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, t->outputs[i].name);
	}
	buf_c(b, "],\"rows\":[");
	for (uint16_t i = 0; i < t->nrows; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, rulebook_text(rb, t->rows[i].span));
	}
	buf_char(b, ']');
}

static void json_share(struct buf *b, const struct rulebook *rb, const struct share *s)
{
	const struct case_kind *k = &rb->kinds[rb->blocks[s->block].case_kind];
	member(b, "with", rb->kinds[s->partner].name);
	buf_c(b, ",\"shows\":[");
	for (uint16_t i = 0; i < s->nfacts; i++) {
		buf_c(b, i ? "," : "");
		buf_json(b, k->facts[s->facts[i]].name);
	}
	buf_char(b, ']');
	if (s->consent != NONE)
		member(b, "needs", k->facts[s->consent].name);
	if (s->when.n)
		member(b, "when", rulebook_text(rb, s->when.span));
}

static void json_block(struct buf *b, const struct rulebook *rb, const struct graph_block *g)
{
	const struct block *k = &rb->blocks[g->block];
	buf_char(b, '{');
	member(b, "program", rb->programs[k->program].name);
	member(b, "name", k->name);
	member(b, "kind", block_kind_name(k->kind));
	if (k->case_kind != NONE)
		member(b, "of", rb->kinds[k->case_kind].name);
	optional(b, "title", k->title);
	optional(b, "cite", k->cite);
	buf_c(b, k->locked ? ",\"locked\":true" : "");
	if (k->county != NONE)
		member(b, "replaced_by", rb->counties[k->county].name);
	member_day(b, "from", g->from);
	member_day(b, "until", g->until);
	place(b, rb, k->span);
	if (k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS)
		member(b, "text", rulebook_text(rb, k->span));
	json_overrides(b, rb, g->block);
	if (k->kind == BLOCK_SHARE)
		json_share(b, rb, &rb->shares[k->detail]);
	if (k->kind == BLOCK_TABLE)
		json_table(b, rb, &rb->tables[k->detail]);
	buf_c(b, ",\"parts\":[");
	for (uint32_t i = 0; i < k->nparts; i++) {
		buf_c(b, i ? "," : "");
		json_part(b, rb, k->first_part + i);
	}
	buf_c(b, "]}");
}

static void json_param(struct buf *b, const struct rulebook *rb, const struct graph_view *v,
		       uint16_t i)
{
	const struct param *p = &rb->params[i];
	const struct dated_list *l =
	    v->county == NONE ? &p->values : &rb->counties[v->county].values[i];
	struct buf text = {0};
	buf_char(b, '{');
	if (p->program != NONE)
		member(b, "program", rb->programs[p->program].name);
	member(b, "name", p->name);
	optional(b, "title", p->title);
	optional(b, "cite", p->cite);
	buf_c(b, p->locked ? ",\"locked\":true" : "");
	buf_c(b, ",\"values\":[");
	for (uint16_t k = 0; k < l->n; k++) {
		buf_clear(&text);
		policy_value_text(&text, rb, &p->type, l->at[k].value);
		buf_c(b, k ? ",{" : "{");
		member(b, "value", buf_view(&text));
		member_day(b, "from", l->at[k].from);
		optional(b, "cite", l->at[k].cite);
		buf_char(b, '}');
	}
	buf_c(b, "]}");
	buf_release(&text);
}

void graph_json(struct buf *b, const struct rulebook *rb, const struct graph_view *v)
{
	size_t n;
	struct graph_block *blocks = graph_blocks(rb, v, &n);
	buf_char(b, '{');
	member(b, "version", str_from(rb->version));
	if (v->county != NONE)
		member(b, "county", rb->counties[v->county].name);
	buf_c(b, ",\"parameters\":[");
	bool first = true;
	for (uint16_t i = 0; i < rb->nparams; i++) {
		if (v->program != NONE && rb->params[i].program != v->program)
			continue;
		buf_c(b, first ? "" : ",");
		json_param(b, rb, v, i);
		first = false;
	}
	buf_c(b, "],\"blocks\":[");
	for (size_t i = 0; i < n; i++) {
		buf_c(b, i ? "," : "");
		json_block(b, rb, &blocks[i]);
	}
	buf_c(b, "]}\n");
	mem_free(blocks);
}
