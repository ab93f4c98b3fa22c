/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/analyse/meaning.h"

#include "engine/policy/graph.h"

#include <stdlib.h>

/* ---- texts in no order ---- */

void heap_add(struct heap_of_texts *h, struct buf *text)
{
	*vec_push(h) = arena_str(&h->arena, buf_view(text));
	buf_clear(text);
}

static int by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

void heap_write(struct buf *b, struct heap_of_texts *h)
{
	if (h->n)
		qsort(h->at, h->n, sizeof(*h->at), by_text);
	buf_char(b, '{');
	for (size_t i = 0; i < h->n; i++) {
		buf_str(b, h->at[i]);
		buf_char(b, '/');
	}
	buf_char(b, '}');
	arena_release(&h->arena);
	vec_release(h);
}

/* ---- things ---- */

struct reading_in {
	struct meaning *m;
	const struct rulebook *rb;
	uint16_t county;
	struct buf text;
};

/* The text is what stands in r->text. */
static struct thing *put(struct reading_in *r, enum meant meant, struct str name, struct span span)
{
	struct thing *t = vec_push(r->m);
	*t = (struct thing){.meant = meant, .block = NO_BLOCK, .span = span};
	t->name = arena_str(&r->m->arena, name);
	t->text = arena_str(&r->m->arena, buf_view(&r->text));
	buf_clear(&r->text);
	return t;
}

static void read_kinds(struct reading_in *r)
{
	struct buf *b = &r->text;
	for (uint16_t k = 0; k < r->rb->nkinds; k++) {
		const struct case_kind *kind = &r->rb->kinds[k];
		struct heap_of_texts facts = {0};
		struct buf one = {0};
		for (uint16_t i = 0; i < kind->nfacts; i++) {
			const struct fact *f = &kind->facts[i];
			buf_str(&one, f->name);
			buf_char(&one, ' ');
			meant_type(&one, r->rb, &f->type);
			buf_fmt(&one, "%d%d%d ", f->optional, f->confidential, f->consent);
			meant_value(&one, r->rb, &f->type, f->initial);
			heap_add(&facts, &one);
		}
		heap_write(b, &facts);
		buf_release(&one);
		put(r, MEANT_KIND, kind->name, kind->span);
	}
}

/* For each field that sets a fact: of which kinds of case, and which fact. */
static void read_sets(struct reading_in *r, struct buf *b, const struct field *f)
{
	struct heap_of_texts facts = {0};
	struct buf one = {0};
	for (uint16_t k = 0; f->sets && k < r->rb->nkinds; k++) {
		if (f->sets[k] == NONE)
			continue;
		buf_str(&one, r->rb->kinds[k].name);
		buf_char(&one, '.');
		buf_str(&one, r->rb->kinds[k].facts[f->sets[k]].name);
		heap_add(&facts, &one);
	}
	heap_write(b, &facts);
	buf_release(&one);
}

static void read_events(struct reading_in *r)
{
	struct buf *b = &r->text;
	for (uint16_t e = EVENT_BUILTINS; e < r->rb->nevents; e++) {
		const struct event_type *type = &r->rb->events[e];
		struct heap_of_texts kinds = {0}, fields = {0};
		struct buf one = {0};
		for (uint16_t k = 0; k < r->rb->nkinds; k++) {
			if (!type->of_kind[k])
				continue;
			buf_str(&one, r->rb->kinds[k].name);
			heap_add(&kinds, &one);
		}
		heap_write(b, &kinds);
		for (uint16_t i = 0; i < type->nfields; i++) {
			const struct field *f = &type->fields[i];
			buf_str(&one, f->name);
			buf_char(&one, ' ');
			meant_type(&one, r->rb, &f->type);
			buf_fmt(&one, "%d%d ", f->optional, f->confidential);
			read_sets(r, &one, f);
			heap_add(&fields, &one);
		}
		heap_write(b, &fields);
		buf_release(&one);
		put(r, MEANT_EVENT, type->name, type->span);
	}
}

static void read_pots(struct reading_in *r)
{
	const struct rulebook *rb = r->rb;
	struct buf *b = &r->text;
	struct within w = {rb, r->county, NONE, NONE};
	for (uint16_t i = 0; i < rb->nfunds; i++) {
		const struct budget *f = fund_budget(rb, i);
		if (f) {
			buf_fmt(b, "%d %d %d %d %lld %lld ", f->limited, (int)f->per, (int)f->month,
				(int)f->day, (long long)f->cents, (long long)f->warn);
			buf_str(b, f->owner == NONE ? STR("") : rb->parties[f->owner].name);
			if (f->param != NONE)
				meant_param(b, &w, f->param);
		}
		put(r, MEANT_FUND, rb->funds[i].name, rb->funds[i].span);
	}
	for (uint16_t i = 0; i < rb->ncapacities; i++) {
		const struct capacity *c = &rb->places[i];
		buf_str(b, rb->kinds[c->kind].name);
		buf_fmt(b, " %lld ", (long long)c->n);
		if (c->param != NONE)
			meant_param(b, &w, c->param);
		put(r, MEANT_CAPACITY, rb->capacities[i].name, c->span);
	}
}

static void read_count(struct buf *b, const struct within *w, const struct count *c)
{
	buf_i64(b, c->n);
	buf_char(b, ' ');
	if (c->param != NONE)
		meant_param(b, w, c->param);
}

static void read_dates(struct reading_in *r)
{
	const struct rulebook *rb = r->rb;
	struct buf *b = &r->text;
	struct within w = {rb, r->county, NONE, NONE};
	for (uint16_t i = 0; i < rb->ndockets; i++) {
		const struct docket *k = &rb->meetings[i];
		buf_str(b, rb->kinds[k->case_kind].name);
		buf_fmt(b, " %d %d %d %d ", (int)k->first, (int)k->every, (int)k->nth,
			(int)k->weekday);
		read_count(b, &w, &k->most);
		read_count(b, &w, &k->keeps);
		put(r, MEANT_DOCKET, rb->dockets[i].name, k->span);
	}
	const struct calendar *c = rulebook_calendar(rb);
	buf_str(b, zone_name(rb->zone));
	if (c)
		buf_fmt(b, " %x", (unsigned)c->weekend);
	for (size_t i = 0; c && i < c->n; i++)
		buf_fmt(b, " %d", (int)c->holidays[i]);
	put(r, MEANT_CALENDAR, STR("calendar"), (struct span){0});
}

static bool is_nameless(const struct block *k)
{
	return k->kind == BLOCK_NEVER || k->kind == BLOCK_ALWAYS;
}

static void read_blocks(struct reading_in *r)
{
	const struct rulebook *rb = r->rb;
	struct graph_view view = {NONE, r->county};
	struct buf name = {0};
	size_t n;
	struct graph_block *blocks = graph_blocks(rb, &view, &n);
	for (size_t i = 0; i < n; i++) {
		const struct block *k = &rb->blocks[blocks[i].block];
		if (k->kind == BLOCK_TABLE)
			continue;
		buf_clear(&name);
		buf_str(&name, rb->programs[k->program].name);
		buf_char(&name, '/');
		meant_block(&r->text, rb, r->county, blocks[i].block);
		buf_str(&name, is_nameless(k) ? buf_view(&r->text) : k->name);
		struct thing *t = put(r, MEANT_BLOCK, buf_view(&name), k->span);
		meant_days(&r->text, rb, r->county, blocks[i].block);
		t->days = arena_str(&r->m->arena, buf_view(&r->text));
		buf_clear(&r->text);
		t->block = blocks[i].block;
		t->from = blocks[i].from;
		t->said[0] = k->title;
		t->said[1] = k->cite;
	}
	mem_free(blocks);
	buf_release(&name);
}

static int by_name(const void *x, const void *y)
{
	const struct thing *a = x, *b = y;
	if (a->meant != b->meant)
		return a->meant < b->meant ? -1 : 1;
	int order = str_cmp(a->name, b->name);
	return order ? order : str_cmp(a->text, b->text);
}

void meaning_read(struct meaning *m, const struct rulebook *rb, uint16_t county)
{
	struct reading_in r = {.m = m, .rb = rb, .county = county};
	read_kinds(&r);
	read_events(&r);
	read_pots(&r);
	read_dates(&r);
	read_blocks(&r);
	buf_release(&r.text);
	if (m->n)
		qsort(m->at, m->n, sizeof(*m->at), by_name);
}

void meaning_release(struct meaning *m)
{
	arena_release(&m->arena);
	vec_release(m);
}
