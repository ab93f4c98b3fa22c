/* SPDX-License-Identifier: Apache-2.0
 *
 * What follows from a finished rule graph and is asked for on every decision: the provision of each
 * part, written out as JSON once, the parameters that it reads, what never blocks speak of, the
 * block of each limit, and where lines begin.
 */
#include "engine/base/vec.h"
#include "engine/policy/reads.h"

static void lines_of(struct rulebook *rb, struct str text, struct source_lines *l)
{
	l->n = 1;
	for (size_t i = 0; i < text.len; i++)
		l->n += text.p[i] == '\n';
	uint32_t *start = arena_array(&rb->arena, l->n, sizeof(*start)), n = 1;
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] == '\n')
			start[n++] = (uint32_t)i + 1;
	l->start = start;
}

static void seal_lines(struct rulebook *rb)
{
	struct source_lines *l = arena_array(&rb->arena, rb->nsources, sizeof(*l));
	for (uint32_t i = 0; i < rb->nsources; i++)
		lines_of(rb, rb->sources[i].text, &l[i]);
	rb->source_lines = l;
}

static void member(struct buf *b, const char *name, struct str value)
{
	if (!value.len)
		return;
	buf_char(b, b->len ? ',' : '{');
	buf_json(b, str_from(name));
	buf_char(b, ':');
	buf_json(b, value);
}

static void because(struct buf *b, const struct rulebook *rb, const struct part *p)
{
	const struct block *block = &rb->blocks[p->block];
	buf_clear(b);
	if (block->program != NONE)
		member(b, "program", rb->programs[block->program].name);
	member(b, "block", block->name);
	member(b, "part", p->label);
	if (p->span.source < rb->nsources) {
		member(b, "file", rb->sources[p->span.source].name);
		buf_c(b, ",\"line\":");
		buf_i64(b, rulebook_line(rb, p->span));
	}
	member(b, "cite", p->cite.len ? p->cite : block->cite);
	buf_char(b, '}');
}

struct params {
	VEC(uint16_t) list;
};

static void add_param(struct params *p, uint16_t param)
{
	for (size_t i = 0; i < p->list.n; i++)
		if (p->list.at[i] == param)
			return;
	*vec_push(&p->list) = param;
}

static void code_params(void *arg, const struct code *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->at[i].op == OP_PARAM)
			add_param(arg, c->at[i].a);
}

static void period_param(void *arg, const struct period *p)
{
	if (p->param != NONE)
		add_param(arg, p->param);
}

static void seal_reads(struct rulebook *rb, struct part *part, struct params *p)
{
	p->list.n = 0;
	part_reads(rb, part, &(struct part_reader){code_params, period_param, p});
	uint16_t *copy = arena_array(&rb->arena, p->list.n, sizeof(*copy));
	if (p->list.n)
		memcpy(copy, p->list.at, p->list.n * sizeof(*copy));
	part->params = copy;
	part->nparams = (uint16_t)p->list.n;
}

static void seal_parts(struct rulebook *rb)
{
	struct buf b = {0};
	struct params p = {0};
	for (uint32_t i = 0; i < rb->nparts; i++) {
		because(&b, rb, &rb->parts[i]);
		rb->parts[i].because = arena_str(&rb->arena, buf_view(&b));
		seal_reads(rb, &rb->parts[i], &p);
	}
	buf_release(&b);
	vec_release(&p.list);
}

/* Is the value the program's own? What a county sets does not rest on what the program cites. */
static bool is_of_program(const struct param *p, const struct dated *v)
{
	for (uint16_t i = 0; i < p->values.n; i++) {
		const struct span *own = &p->values.at[i].span;
		if (own->source == v->span.source && own->off == v->span.off)
			return true;
	}
	return false;
}

/* Each value says where it is set. A county that changes nothing shares the program's list. */
static void seal_values(struct rulebook *rb, const struct param *p, const struct dated_list *l)
{
	struct buf b = {0};
	for (uint16_t i = 0; i < l->n; i++) {
		struct dated *v = &l->at[i];
		if (v->because.p)
			continue;
		buf_clear(&b);
		if (v->from > DAY_MIN) {
			buf_c(&b, ",\"from\":\"");
			day_text(&b, v->from);
			buf_char(&b, '"');
		}
		if (v->span.source < rb->nsources) {
			buf_c(&b, ",\"file\":");
			buf_json(&b, rb->sources[v->span.source].name);
			buf_fmt(&b, ",\"line\":%u", rulebook_line(rb, v->span));
		}
		if (!v->cite.len && is_of_program(p, v))
			v->cite = p->cite;
		if (v->cite.len) {
			buf_c(&b, ",\"cite\":");
			buf_json(&b, v->cite);
		}
		if (v->placeholder.len) {
			buf_c(&b, ",\"placeholder\":");
			buf_json(&b, v->placeholder);
		}
		v->because = arena_str(&rb->arena, buf_view(&b));
	}
	buf_release(&b);
}

static void seal_params(struct rulebook *rb)
{
	for (uint16_t i = 0; i < rb->nparams; i++) {
		seal_values(rb, &rb->params[i], &rb->params[i].values);
		for (uint16_t c = 0; c < rb->ncounties; c++)
			seal_values(rb, &rb->params[i], &rb->counties[c].values[i]);
	}
}

/* What a case was paid goes on counting under a county's replacement: a limit of the same kind as
 * one of the program's own block counts on with that one's counter. */
static void share_counters(const struct block *own, struct block *replacement)
{
	for (uint16_t i = 0; i < replacement->nlimits; i++) {
		uint16_t like = block_limit_like(own, &replacement->limits[i]);
		if (like != NONE)
			replacement->limits[i].index = own->limits[like].index;
	}
}

static void seal_limits(struct rulebook *rb)
{
	uint32_t *of = arena_array(&rb->arena, rb->nlimits, sizeof(*of));
	for (uint32_t i = 0; i < rb->nblocks; i++)
		for (uint16_t j = 0; j < rb->blocks[i].nlimits; j++)
			of[rb->blocks[i].limits[j].index] = i;
	for (uint32_t i = 0; i < rb->nblocks; i++)
		if (rb->blocks[i].first != i)
			share_counters(&rb->blocks[rb->blocks[i].first], &rb->blocks[i]);
	rb->limit_block = of;
}

static void seal_nevers(struct rulebook *rb)
{
	for (uint16_t i = 0; i < rb->nnevers; i++)
		rb->never_actions |= 1u << rb->nevers[i].action;
}

void rulebook_seal(struct rulebook *rb)
{
	seal_lines(rb);
	seal_parts(rb);
	seal_params(rb);
	seal_nevers(rb);
	rb->felt_later = later_is_felt(rb);
	seal_limits(rb);
}
