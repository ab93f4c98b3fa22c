/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/picture.h"

#include "engine/explain/picture_label.h"
#include "engine/explain/plain.h"
#include "engine/explain/wording.h"
#include "engine/base/mem.h"
#include "engine/policy/graph.h"
#include "engine/policy/reads.h"

#define WIDE_EVENT 24 /* characters of a line */
#define WIDE_PART  48
#define WIDE_DONE  52

struct drawing {
	struct buf *b;
	const struct rulebook *rb;
	const struct picture_view *view;
	const struct graph_block *blocks;
	size_t n;
	bool *events, *funds; /* shown */
};

static struct plain here(const struct drawing *d, const struct block *k, uint16_t event)
{
	return (struct plain){d->rb, d->view->county, d->view->day, event, k->case_kind};
}

/* ---- provisions: one node each, with a port for each of its parts ---- */

static void head_rows(const struct drawing *d, const struct block *k)
{
	struct buf words = {0};
	plain_block(&words, d->rb, k);
	plain_capital(&words, 0);
	label_row(d->b, buf_view(&words), WIDE_PART - 4, label_colour(k->kind), LABEL_BOLD);
	buf_clear(&words);
	block_words(&words, k);
	if (k->county != NONE) {
		buf_c(&words, ", as ");
		buf_str(&words, d->rb->counties[k->county].name);
		buf_c(&words, " has it");
	}
	buf_c(&words, " · ");
	place_words(&words, d->rb, k->span);
	label_row(d->b, buf_view(&words), WIDE_PART + 12, label_colour(k->kind), LABEL_TINY);
	buf_release(&words);
}

static void condition_row(const struct drawing *d, const struct plain *p, const struct code *when)
{
	struct buf words = {0};
	if (!when->n)
		return;
	buf_c(&words, "if ");
	plain_condition(&words, p, when);
	label_row(d->b, buf_view(&words), WIDE_PART, NULL, LABEL_PLAIN);
	buf_release(&words);
}

static void overdue_row(const struct drawing *d, const struct plain *p, const struct part *part)
{
	struct buf words = {0};
	buf_c(&words, "when this has not happened within ");
	plain_period(&words, p, &part->within);
	buf_c(&words, ": ");
	plain_event(&words, d->rb, part->event);
	label_row(d->b, buf_view(&words), WIDE_PART, NULL, LABEL_PLAIN);
	buf_release(&words);
}

static bool enters(const struct part *part)
{
	return part->role == PART_STEP || part->role == PART_OVERDUE;
}

/* The steps that lead to this one: ↓ from the one above, and the others by name. */
static void after_row(const struct drawing *d, const struct block *k, uint32_t i)
{
	const struct part *part = &d->rb->parts[i];
	struct buf words = {0};
	if (!enters(part) || i == k->first_part || part->after == 1)
		return;
	bool above = enters(part - 1) && (part->after >> (part - 1)->step & 1), any = false;
	buf_c(&words, above ? "↓ " : "");
	for (uint16_t s = 1; s <= d->rb->escalations[part->escalation].nsteps; s++) {
		if (!(part->after >> s & 1) || (above && s == (part - 1)->step))
			continue;
		buf_c(&words, any ? ", " : above ? "also after " : "after ");
		plain_quoted(&words, d->rb->escalations[part->escalation].steps[s - 1].name);
		any = true;
	}
	if (words.len)
		label_row(d->b, buf_view(&words), WIDE_PART, NULL, LABEL_PATH);
	buf_release(&words);
}

static void label_words(struct buf *b, const struct block *k, const struct part *part)
{
	if (part->role == PART_ENDS)
		buf_c(b, "it is over");
	else if (part->role == PART_STOPS)
		buf_c(b, "the payments stop");
	else if (part->label.len)
		plain_name(b, part->label);
	else if (k->kind == BLOCK_SCHEDULE && k->nparts > 1)
		buf_c(b, "the payments begin");
	plain_capital(b, 0);
}

static bool same_text(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

/* Parts that only wait for different events (`on a or b`) are shown once: the first of them. */
static uint32_t shown_part(const struct drawing *d, const struct block *k, uint32_t i)
{
	const struct part *part = &d->rb->parts[i];
	for (uint32_t j = k->first_part; j < i; j++) {
		const struct part *other = &d->rb->parts[j];
		if (other->role == part->role && str_eq(other->label, part->label) &&
		    part->role != PART_OVERDUE && same_text(other->when.span, part->when.span) &&
		    other->nactions == part->nactions &&
		    (!part->nactions || same_text(other->actions[0].span, part->actions[0].span)))
			return j;
	}
	return i;
}

static void part_rows(const struct drawing *d, const struct block *k, uint32_t i)
{
	const struct part *part = &d->rb->parts[i];
	struct plain p = here(d, k, part->event);
	struct buf words = {0};
	if (shown_part(d, k, i) != i)
		return;
	after_row(d, k, i);
	label_port(d->b, i);
	label_words(&words, k, part);
	enum label_look look = words.len ? LABEL_BOLD : LABEL_PLAIN;
	if (!words.len && !part->when.n)
		buf_c(&words, "Whenever it happens");
	if (words.len)
		label_row(d->b, buf_view(&words), WIDE_PART, NULL, look);
	if (part->role == PART_OVERDUE)
		overdue_row(d, &p, part);
	condition_row(d, &p, &part->when);
	label_port_end(d->b);
	buf_release(&words);
}

static void limit_rows(const struct drawing *d, const struct block *k)
{
	struct plain p = here(d, k, NONE);
	struct buf words = {0};
	for (uint16_t i = 0; i < k->nlimits; i++) {
		buf_clear(&words);
		plain_limit(&words, &p, &k->limits[i]);
		label_row(d->b, buf_view(&words), WIDE_PART, NULL, LABEL_ITALIC);
	}
	buf_release(&words);
}

static void table_rows(const struct drawing *d, const struct table *t)
{
	struct buf words = {0};
	for (uint16_t i = 0; i < t->nrows; i++) {
		buf_clear(&words);
		source_words(&words, d->rb, t->rows[i].span);
		label_row(d->b, buf_view(&words), 2 * WIDE_PART, NULL, LABEL_TABLE);
	}
	buf_release(&words);
}

static void share_rows(const struct drawing *d, const struct block *k)
{
	const struct share *s = &d->rb->shares[k->detail];
	const struct case_kind *kind = &d->rb->kinds[k->case_kind];
	struct plain p = here(d, k, NONE);
	struct buf words = {0};
	buf_c(&words, "a partner may see ");
	for (uint16_t i = 0; i < s->nfacts; i++) {
		buf_c(&words, i ? ", " : "");
		plain_titled(&words, kind->facts[s->facts[i]].title, kind->facts[s->facts[i]].name);
	}
	label_row(d->b, buf_view(&words), WIDE_PART, NULL, LABEL_PLAIN);
	condition_row(d, &p, &s->when);
	buf_release(&words);
}

static void block_node(const struct drawing *d, uint32_t block)
{
	const struct block *k = &d->rb->blocks[block];
	if (k->kind == BLOCK_NEVER)
		return;
	buf_fmt(d->b, "    b%u [label=", block);
	label_begin(d->b);
	head_rows(d, k);
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		part_rows(d, k, i);
	limit_rows(d, k);
	if (k->kind == BLOCK_TABLE)
		table_rows(d, &d->rb->tables[k->detail]);
	if (k->kind == BLOCK_SHARE)
		share_rows(d, k);
	label_end(d->b);
	buf_c(d->b, "];\n");
}

/* All prohibitions in one list: nothing leads to them, they stand over all. */
static void never_node(const struct drawing *d)
{
	struct buf words = {0};
	bool any = false;
	for (size_t i = 0; i < d->n; i++) {
		const struct block *k = &d->rb->blocks[d->blocks[i].block];
		struct plain p = here(d, k, NONE);
		if (k->kind != BLOCK_NEVER)
			continue;
		if (!any) {
			buf_c(d->b, "    never [label=");
			label_begin(d->b);
			label_row(d->b, STR("This never happens"), WIDE_PART,
				  label_colour(BLOCK_NEVER), LABEL_BOLD);
		}
		any = true;
		buf_clear(&words);
		plain_never(&words, &p, &d->rb->nevers[k->detail]);
		plain_sentence(&words, 0);
		if (k->title.len)
			label_row(d->b, k->title, WIDE_PART, NULL, LABEL_PLAIN);
		label_row(d->b, buf_view(&words), WIDE_PART, NULL,
			  k->title.len ? LABEL_SMALL : LABEL_PLAIN);
	}
	if (any) {
		label_end(d->b);
		buf_c(d->b, "];\n");
	}
	buf_release(&words);
}

/* ---- what they bring about ---- */

/* A stage's own part enters it: that is what the picture shows it for. */
static bool enters_itself(const struct part *part, const struct action *a)
{
	return a->kind == ACTION_ENTER && a->escalation == part->escalation &&
	       a->step == part->step;
}

static void action_rows(const struct drawing *d, const struct plain *p, const struct action *a)
{
	struct buf words = {0};
	plain_action(&words, p, a);
	plain_sentence(&words, 0);
	label_row(d->b, buf_view(&words), WIDE_DONE, NULL, LABEL_PLAIN);
	buf_clear(&words);
	plain_answer(&words, p, a);
	if (words.len)
		label_row(d->b, buf_view(&words), WIDE_DONE + 6, NULL, LABEL_SMALL);
	buf_release(&words);
}

static void promise_row(const struct drawing *d, const struct plain *p, const struct part *part)
{
	struct buf words = {0};
	plain_never(&words, p, &d->rb->nevers[d->rb->blocks[part->block].detail]);
	buf_c(&words, " must follow within ");
	plain_period(&words, p, &part->within);
	plain_sentence(&words, 0);
	label_row(d->b, buf_view(&words), WIDE_DONE, NULL, LABEL_PLAIN);
	buf_release(&words);
}

static bool brings_about(const struct part *part)
{
	for (uint16_t n = 0; n < part->nactions; n++)
		if (!enters_itself(part, &part->actions[n]))
			return true;
	return part->role == PART_PROMISE;
}

static void outcome_node(const struct drawing *d, const struct block *k, uint32_t i)
{
	const struct part *part = &d->rb->parts[i];
	struct plain p = here(d, k, part->event);
	if (!brings_about(part) || shown_part(d, k, i) != i)
		return;
	buf_fmt(d->b, "    o%u [label=", i);
	label_begin(d->b);
	for (uint16_t n = 0; n < part->nactions; n++)
		if (!enters_itself(part, &part->actions[n]))
			action_rows(d, &p, &part->actions[n]);
	if (part->role == PART_PROMISE)
		promise_row(d, &p, part);
	label_end(d->b);
	buf_c(d->b, "];\n");
}

/* ---- edges ---- */

static void money_edge(const struct drawing *d, const struct action *a, uint32_t part)
{
	bool pays = a->kind == ACTION_PAY || a->kind == ACTION_START;
	uint16_t fund = a->kind == ACTION_START ? d->rb->schedules[a->schedule].fund : a->fund;
	if ((!pays && a->kind != ACTION_ASSESS) || fund == NONE)
		return;
	d->funds[fund] = true;
	buf_fmt(d->b, "  o%u -> f%u [dir=%s, color=\"#3c7a3c\"];\n", part, fund,
		pays ? "back" : "forward");
}

struct lookups {
	const struct drawing *d;
	uint32_t block;
	uint16_t last; /* drawn: several columns of a table are often read in turn */
};

/* Between a table and what looks it up. */
static void edge_lookup(void *arg, const struct code *c)
{
	struct lookups *l = arg;
	const struct rulebook *rb = l->d->rb;
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->at[i].op != OP_TABLE || c->at[i].a == l->last)
			continue;
		l->last = c->at[i].a;
		for (size_t g = 0; g < l->d->n; g++) {
			const struct block *k = &rb->blocks[l->d->blocks[g].block];
			if (k->kind == BLOCK_TABLE && rb->tables[k->detail].first == l->last)
				buf_fmt(l->d->b, "  b%u -> b%u [style=dotted];\n",
					l->d->blocks[g].block, l->block);
		}
	}
}

static void block_edges(const struct drawing *d, uint32_t block)
{
	const struct block *k = &d->rb->blocks[block];
	struct lookups l = {d, block, NONE};
	for (uint32_t i = k->first_part + k->nparts; i-- > k->first_part;) {
		const struct part *part = &d->rb->parts[i];
		uint32_t shown = shown_part(d, k, i);
		if (part->role != PART_OVERDUE) { /* what did not happen is no event */
			d->events[part->event] = true;
			buf_fmt(d->b, "  e%u -> b%u:p%u:w [weight=20];\n", part->event, block,
				shown);
		}
		if (shown != i)
			continue;
		if (brings_about(part))
			buf_fmt(d->b, "  b%u:p%u:e -> o%u [weight=20];\n", block, i, i);
		for (uint16_t n = 0; n < part->nactions; n++)
			money_edge(d, &part->actions[n], i);
		part_reads(d->rb, part, &(struct part_reader){edge_lookup, NULL, &l});
	}
}

/* ---- events and funds ---- */

static void event_nodes(const struct drawing *d)
{
	struct buf words = {0};
	buf_c(d->b, "  { rank=source;\n");
	for (uint16_t e = 0; e < d->rb->nevents; e++) {
		if (!d->events[e])
			continue;
		buf_clear(&words);
		plain_event(&words, d->rb, e);
		plain_capital(&words, 0);
		buf_fmt(d->b, "    e%u [" LABEL_EVENT ", label=<", e);
		label_text(d->b, buf_view(&words), WIDE_EVENT);
		buf_c(d->b, ">];\n");
	}
	buf_c(d->b, "  }\n");
	buf_release(&words);
}

static void budget_line(const struct drawing *d, uint16_t fund)
{
	const struct budget *budget = fund_budget(d->rb, fund);
	struct buf words = {0};
	if (!budget || d->view->county == NONE)
		return;
	money_text(&words, budget_on(d->rb, d->view->county, budget, d->view->day));
	buf_c(&words, budget->per == BUDGET_PER_YEAR ? " a year" : " in all");
	label_text(d->b, buf_view(&words), WIDE_EVENT);
	buf_release(&words);
}

static void fund_nodes(const struct drawing *d)
{
	struct buf words = {0};
	buf_c(d->b, "  { rank=sink;\n");
	for (uint16_t f = 0; f < d->rb->nfunds; f++) {
		if (!d->funds[f])
			continue;
		buf_clear(&words);
		plain_title(&words, d->rb->funds[f].title, d->rb->funds[f].name);
		buf_fmt(d->b, "    f%u [" LABEL_FUND ", label=<", f);
		label_text(d->b, buf_view(&words), WIDE_EVENT);
		budget_line(d, f);
		buf_c(d->b, ">];\n");
	}
	buf_c(d->b, "  }\n");
	buf_release(&words);
}

/* ---- all ---- */

/* Columns; Graphviz sets what comes first at the bottom. */
static void columns(const struct drawing *d)
{
	buf_c(d->b, "  { rank=same;\n");
	for (size_t i = d->n; i-- > 0;)
		block_node(d, d->blocks[i].block);
	never_node(d);
	buf_c(d->b, "  }\n  { rank=same;\n");
	for (size_t i = d->n; i-- > 0;) {
		const struct block *k = &d->rb->blocks[d->blocks[i].block];
		for (uint32_t p = k->first_part + k->nparts; p-- > k->first_part;)
			outcome_node(d, k, p);
	}
	buf_c(d->b, "  }\n");
}

void picture_dot(struct buf *b, const struct rulebook *rb, const struct picture_view *v)
{
	struct graph_view view = {v->program, v->county};
	struct drawing d = {.b = b, .rb = rb, .view = v};
	struct graph_block *blocks = graph_blocks(rb, &view, &d.n);
	d.blocks = blocks;
	d.events = mem_alloc(rb->nevents + 1u);
	d.funds = mem_alloc(rb->nfunds + 1u);
	buf_c(b, "digraph policy {\n  rankdir=LR; nodesep=0.16; ranksep=0.6;\n"
		 "  node [shape=plain, fontname=\"Helvetica,Arial,sans-serif\", fontsize=12];\n"
		 "  edge [color=\"#777777\", arrowsize=0.7];\n");
	label_legend(b);
	columns(&d);
	for (size_t i = d.n; i-- > 0;)
		block_edges(&d, blocks[i].block);
	event_nodes(&d);
	fund_nodes(&d);
	buf_c(b, "}\n");
	mem_free(d.events);
	mem_free(d.funds);
	mem_free(blocks);
}
