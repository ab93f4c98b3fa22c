/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/doc_internal.h"

#include "engine/base/mem.h"

/* ---- sentences ---- */

struct plain doc_plain(const struct doc *d, const struct block *k, uint16_t event)
{
	return (struct plain){d->rb, d->view->county, d->view->day, event, k ? k->case_kind : NONE};
}

void doc_p(struct doc *d)
{
	plain_sentence(&d->words, 0);
	sheet_p(d->sheet, buf_view(&d->words));
	buf_clear(&d->words);
}

void doc_item(struct doc *d)
{
	plain_sentence(&d->words, 0);
	sheet_item(d->sheet, buf_view(&d->words));
	buf_clear(&d->words);
}

void doc_cell(struct doc *d)
{
	sheet_cell(d->sheet, buf_view(&d->words));
	buf_clear(&d->words);
}

void doc_note(struct doc *d)
{
	plain_sentence(&d->words, 0);
	sheet_note(d->sheet, buf_view(&d->words));
	buf_clear(&d->words);
}

/* ---- which provision stands where ---- */

enum chapter { GIVES, ASKS, STEPS, HELPS, NEVER, PROMISES, SEES, TABLES, CHAPTERS };

static const struct str chapter_heads[] = {[GIVES] = STR_INIT("What the program gives"),
					   [ASKS] = STR_INIT("What people may have to pay"),
					   [STEPS] = STR_INIT("Steps, one after the other"),
					   [HELPS] = STR_INIT("What else happens"),
					   [NEVER] = STR_INIT("What never happens"),
					   [PROMISES] = STR_INIT("What is promised"),
					   [SEES] = STR_INIT("Who may see what"),
					   [TABLES] = STR_INIT("Tables that are used")};

static bool has_action(const struct doc *d, const struct block *k, enum action_kind kind)
{
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		for (uint16_t a = 0; a < d->rb->parts[i].nactions; a++)
			if (d->rb->parts[i].actions[a].kind == kind)
				return true;
	return false;
}

static enum chapter chapter_of(const struct doc *d, const struct block *k)
{
	switch (k->kind) {
	case BLOCK_STIPEND:
	case BLOCK_SCHEDULE:
		return GIVES;
	case BLOCK_FINE:
		return ASKS;
	case BLOCK_ESCALATION:
	case BLOCK_STAGES:
		return STEPS;
	case BLOCK_NEVER:
		return NEVER;
	case BLOCK_ALWAYS:
		return PROMISES;
	case BLOCK_TABLE:
		return TABLES;
	case BLOCK_SHARE:
		return SEES;
	case BLOCK_RULE:
		break;
	}
	if (has_action(d, k, ACTION_PAY) || has_action(d, k, ACTION_START) ||
	    has_action(d, k, ACTION_ENROL))
		return GIVES;
	return has_action(d, k, ACTION_ASSESS) ? ASKS : HELPS;
}

static void chapter(struct doc *d, enum chapter c)
{
	bool any = false;
	for (size_t i = 0; i < d->n; i++) {
		if (chapter_of(d, &d->rb->blocks[d->blocks[i].block]) != c)
			continue;
		if (!any)
			sheet_section(d->sheet, chapter_heads[c]);
		any = true;
		doc_block(d, &d->blocks[i]);
	}
}

/* ---- what is protected ---- */

static bool is_about(const struct doc *d, uint16_t kind)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->rb->blocks[d->blocks[i].block].case_kind == kind)
			return true;
	return false;
}

static void protected_facts(struct doc *d)
{
	size_t n = 0;
	for (uint16_t k = 0; k < d->rb->nkinds; k++)
		for (uint16_t f = 0; is_about(d, k) && f < d->rb->kinds[k].nfacts; f++) {
			if (!d->rb->kinds[k].facts[f].confidential)
				continue;
			buf_c(&d->words,
			      n++ ? ", "
				  : "These details about a person are protected. They are shown to "
				    "nobody who does not need them for the work: ");
			plain_titled(&d->words, d->rb->kinds[k].facts[f].title,
				     d->rb->kinds[k].facts[f].name);
		}
	if (!n)
		return;
	sheet_section(d->sheet, STR("What is protected"));
	doc_p(d);
}

/* ---- the head of a program ---- */

static void counties_sentence(struct doc *d)
{
	uint32_t n = 0;
	const struct county *last = NULL;
	for (uint16_t c = 0; c < d->rb->ncounties; c++)
		for (uint16_t i = 0; i < d->rb->counties[c].nadopts; i++)
			if (d->rb->counties[c].adopts[i].program == d->program) {
				last = &d->rb->counties[c];
				n++;
			}
	if (n == 1 && last) {
		buf_c(&d->words, "One county has this program: ");
		plain_title(&d->words, last->title, last->name);
	} else {
		buf_fmt(&d->words, "%u counties have this program", n);
	}
	buf_c(&d->words, ". What a county has changed for itself stands below, under “Where "
			 "counties differ”, and on the county's own page");
	doc_p(d);
}

static void county_sentence(struct doc *d)
{
	const struct county *c = &d->rb->counties[d->view->county];
	for (uint16_t i = 0; i < c->nadopts; i++) {
		if (c->adopts[i].program != d->program)
			continue;
		plain_title(&d->words, c->title, c->name);
		buf_c(&d->words, c->adopts[i].from > d->view->day ? " will have this program from "
								  : " has had this program since ");
		plain_day(&d->words, c->adopts[i].from);
		doc_p(d);
	}
}

static void program_head(struct doc *d)
{
	const struct program *p = &d->rb->programs[d->program];
	plain_title(&d->words, p->title, p->name);
	sheet_chapter(d->sheet, p->name, buf_view(&d->words));
	buf_clear(&d->words);
	buf_c(&d->words,
	      "This is what the rules of the program say, in plain words. The sentences are "
	      "made from the rules themselves, which decide every case. All amounts and times "
	      "are those of ");
	plain_day(&d->words, d->view->day);
	doc_p(d);
	buf_c(&d->words, p->effective > d->view->day ? "The program will be in force from "
						     : "The program has been in force since ");
	plain_day(&d->words, p->effective);
	if (p->cite.len) {
		buf_c(&d->words, ". It goes by the document “");
		buf_str(&d->words, p->cite);
		buf_c(&d->words, "”");
	}
	doc_p(d);
	if (d->view->county == NONE)
		counties_sentence(d);
	else
		county_sentence(d);
}

static void program(struct doc *d)
{
	program_head(d);
	for (enum chapter c = GIVES; c < CHAPTERS; c++)
		chapter(d, c);
	doc_amounts(d);
	doc_changes(d);
	doc_differences(d);
	doc_means(d);
	protected_facts(d);
}

/* ---- all ---- */

static void write_all(struct sheet *s, const struct rulebook *rb, const struct doc_view *v)
{
	struct graph_view view = {v->program, v->county};
	size_t n;
	struct graph_block *blocks = graph_blocks(rb, &view, &n);
	struct doc d = {.rb = rb, .view = v, .sheet = s};
	for (size_t i = 0, to; i < n; i = to) {
		d.program = rb->blocks[blocks[i].block].program;
		for (to = i + 1; to < n && rb->blocks[blocks[to].block].program == d.program;)
			to++;
		d.blocks = blocks + i;
		d.n = to - i;
		program(&d);
	}
	if (!n)
		sheet_p(s, STR("There is nothing to show: no program is in force here."));
	buf_release(&d.words);
	mem_free(blocks);
}

void doc_html(struct buf *b, const struct rulebook *rb, const struct doc_view *v)
{
	struct sheet s = {.b = b, .html = true};
	write_all(&s, rb, v);
	sheet_release(&s);
}

void doc_text(struct buf *b, const struct rulebook *rb, const struct doc_view *v)
{
	struct sheet s = {.b = b};
	write_all(&s, rb, v);
	sheet_release(&s);
}

void doc_lines(struct buf *b, const struct rulebook *rb, const struct doc_view *v, uint32_t block)
{
	const struct block *k = &rb->blocks[block];
	struct sheet s = {.b = b, .unbroken = true};
	struct doc d = {.rb = rb, .view = v, .program = k->program, .sheet = &s};
	if (k->kind == BLOCK_TABLE)
		doc_table(&d, k);
	doc_block_says(&d, k);
	buf_release(&d.words);
	sheet_release(&s);
}
