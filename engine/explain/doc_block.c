/* SPDX-License-Identifier: Apache-2.0
 *
 * One provision, as a heading, its citation, and a short list: when, if, then.
 */
#include "engine/explain/doc_internal.h"

#include "engine/explain/wording.h"

/* ---- where it comes from ---- */

static void cited(struct doc *d, struct str cite, struct span span)
{
	buf_c(&d->words, "Source: ");
	if (cite.len) {
		buf_c(&d->words, "“");
		buf_str(&d->words, cite);
		buf_c(&d->words, "” — ");
	}
	place_words(&d->words, d->rb, span);
	doc_item(d);
}

static void days_note(struct doc *d, const struct graph_block *g)
{
	struct buf *b = &d->words;
	if (g->from > d->view->day) {
		buf_c(b, "This is not in force yet. It begins on ");
		plain_day(b, g->from);
		doc_note(d);
	}
	if (g->until == INT32_MAX)
		return;
	buf_c(b, g->until > d->view->day ? "This ends: its last day is "
					 : "This is no longer in force. Its last day was ");
	plain_day(b, g->until - 1);
	doc_note(d);
}

/* ---- when ---- */

static bool same_text(struct span a, struct span b)
{
	return a.source == b.source && a.off == b.off && a.len == b.len;
}

/* Do they differ in nothing but the event that they wait for? */
static bool is_twin(const struct part *a, const struct part *b)
{
	return a->role == b->role && a->role != PART_OVERDUE && str_eq(a->label, b->label) &&
	       same_text(a->when.span, b->when.span) && a->nactions == b->nactions &&
	       (!a->nactions || same_text(a->actions[0].span, b->actions[0].span));
}

static bool is_first_twin(const struct doc *d, const struct block *k, uint32_t i)
{
	for (uint32_t j = k->first_part; j < i; j++)
		if (is_twin(&d->rb->parts[j], &d->rb->parts[i]))
			return false;
	return true;
}

static void when_item(struct doc *d, const struct block *k, uint32_t i, const char *before)
{
	const struct part *part = &d->rb->parts[i];
	struct plain p = doc_plain(d, k, part->event);
	bool any = false;
	buf_c(&d->words, before);
	if (part->role == PART_OVERDUE) {
		buf_c(&d->words, " this has not happened within ");
		plain_period(&d->words, &p, &part->within);
	}
	buf_c(&d->words, ": ");
	for (uint32_t j = i; j < k->first_part + k->nparts; j++) {
		if (j != i && !is_twin(part, &d->rb->parts[j]))
			continue;
		buf_c(&d->words, any ? "; or: " : "");
		plain_event(&d->words, d->rb, d->rb->parts[j].event);
		any = true;
	}
	doc_item(d);
}

static void after_item(struct doc *d, const struct part *part)
{
	bool any = false;
	if (part->role != PART_STEP && part->role != PART_OVERDUE)
		return;
	const struct escalation *e = &d->rb->escalations[part->escalation];
	for (uint16_t s = 1; s <= e->nsteps; s++) {
		if (!(part->after >> s & 1))
			continue;
		buf_c(&d->words, any ? " or " : "Only after: ");
		plain_quoted(&d->words, e->steps[s - 1].name);
		any = true;
	}
	if (any)
		doc_item(d);
}

static void if_item(struct doc *d, const struct plain *p, const struct code *when, const char *word)
{
	if (!when->n)
		return;
	buf_c(&d->words, word);
	plain_condition(&d->words, p, when);
	doc_item(d);
}

/* ---- then ---- */

static bool enters_itself(const struct part *part, const struct action *a)
{
	return a->kind == ACTION_ENTER && a->escalation == part->escalation &&
	       a->step == part->step;
}

static void then_items(struct doc *d, const struct plain *p, const struct part *part)
{
	for (uint16_t i = 0; i < part->nactions; i++) {
		const struct action *a = &part->actions[i];
		if (enters_itself(part, a))
			continue;
		buf_c(&d->words, "Then: ");
		plain_action(&d->words, p, a);
		plain_sentence(&d->words, 0);
		size_t end = d->words.len;
		buf_char(&d->words, ' ');
		plain_answer(&d->words, p, a);
		if (d->words.len == end + 1)
			d->words.len = end;
		doc_item(d);
	}
}

static void promise_items(struct doc *d, const struct plain *p, const struct block *k,
			  const struct part *part)
{
	buf_c(&d->words, "Then, within ");
	plain_period(&d->words, p, &part->within);
	buf_c(&d->words, ": ");
	plain_never(&d->words, p, &d->rb->nevers[k->detail]);
	buf_c(&d->words, ". If it does not come in time, that is reported as a broken promise");
	doc_item(d);
}

static void part_items(struct doc *d, const struct block *k, uint32_t i)
{
	const struct part *part = &d->rb->parts[i];
	struct plain p = doc_plain(d, k, part->event);
	if (!is_first_twin(d, k, i))
		return;
	if (part->role == PART_ENDS || part->role == PART_STOPS) {
		when_item(d, k, i,
			  part->role == PART_ENDS ? "It is over when this happens"
						  : "The payments stop when this happens");
		if_item(d, &p, &part->when, "But only if ");
		return;
	}
	if (part->label.len) {
		plain_name(&d->words, part->label);
		plain_capital(&d->words, 0);
		buf_c(&d->words, part->cite.len ? ". Source: “" : "");
		buf_str(&d->words, part->cite);
		buf_c(&d->words, part->cite.len ? "”" : "");
		doc_item(d);
	}
	after_item(d, part);
	when_item(d, k, i, part->role == PART_OVERDUE ? "When" : "When this happens");
	if_item(d, &p, &part->when, "If ");
	then_items(d, &p, part);
	if (part->role == PART_PROMISE)
		promise_items(d, &p, k, part);
}

/* ---- the rest of a block ---- */

static void limit_items(struct doc *d, const struct block *k)
{
	struct plain p = doc_plain(d, k, NONE);
	for (uint16_t i = 0; i < k->nlimits && k->kind != BLOCK_NEVER; i++) {
		buf_c(&d->words, "Limit: ");
		plain_limit(&d->words, &p, &k->limits[i]);
		doc_item(d);
	}
}

/* The figures that it rests on and that no document gives. */
static void placeholder_item(struct doc *d, const struct block *k)
{
	struct plain p = doc_plain(d, k, NONE);
	size_t n = 0;
	for (uint16_t i = 0; i < d->rb->nparams; i++) {
		const struct dated *v = plain_dated(&p, i);
		bool read = false;
		for (uint32_t j = k->first_part; j < k->first_part + k->nparts; j++)
			for (uint16_t r = 0; r < d->rb->parts[j].nparams; r++)
				read |= d->rb->parts[j].params[r] == i;
		if (!read || !v->placeholder.len)
			continue;
		buf_c(&d->words, n++ ? ", " : "Placeholder, not settled by any document yet: ");
		plain_title(&d->words, d->rb->params[i].title, d->rb->params[i].name);
		buf_c(&d->words, " (");
		plain_param(&d->words, &p, i);
		buf_char(&d->words, ')');
	}
	if (n)
		doc_item(d);
}

static void override_item(struct doc *d, const struct block *k)
{
	const struct precedence *over = graph_overrides(d->rb, (uint32_t)(k - d->rb->blocks));
	if (!over)
		return;
	buf_c(&d->words, "This goes before ");
	for (uint16_t i = 0; i < over->nover; i++) {
		const struct block *other = &d->rb->blocks[over->over[i]];
		buf_c(&d->words, i ? " and " : "");
		plain_titled(&d->words, other->title, other->name);
	}
	buf_c(&d->words, ": where it applies");
	if (over->when.n) {
		struct plain p = doc_plain(d, k, over->event);
		buf_c(&d->words, " and ");
		plain_condition(&d->words, &p, &over->when);
	}
	buf_c(&d->words, ", that does not");
	doc_item(d);
}

static void share_items(struct doc *d, const struct block *k)
{
	const struct share *s = &d->rb->shares[k->detail];
	const struct case_kind *kind = &d->rb->kinds[k->case_kind];
	struct plain p = doc_plain(d, k, NONE);
	buf_c(&d->words, "Who: a partner that is a registered ");
	plain_name(&d->words, d->rb->kinds[s->partner].name);
	doc_item(d);
	buf_c(&d->words, "What: ");
	for (uint16_t i = 0; i < s->nfacts; i++) {
		buf_c(&d->words, i ? ", " : "");
		plain_titled(&d->words, kind->facts[s->facts[i]].title,
			     kind->facts[s->facts[i]].name);
	}
	buf_c(&d->words, ", and nothing else");
	doc_item(d);
	if_item(d, &p, &s->when, "Only if ");
	if (s->consent == NONE)
		return;
	buf_c(&d->words, "Only with the person's consent, which lasts for ");
	plain_period(&d->words, &p, &s->lasts);
	buf_c(&d->words, " and can be taken back at any time");
	doc_item(d);
}

static void never_item(struct doc *d, const struct block *k)
{
	struct plain p = doc_plain(d, k, NONE);
	plain_never(&d->words, &p, &d->rb->nevers[k->detail]);
	plain_sentence(&d->words, 0);
	buf_c(&d->words, " A decision that would do this is stopped");
	doc_item(d);
}

static void head(struct doc *d, const struct block *k)
{
	if (k->kind == BLOCK_NEVER && !k->title.len) {
		struct plain p = doc_plain(d, k, NONE);
		plain_never(&d->words, &p, &d->rb->nevers[k->detail]);
	} else {
		plain_block(&d->words, d->rb, k);
	}
	plain_capital(&d->words, 0);
	sheet_subsection(d->sheet, buf_view(&d->words));
	buf_clear(&d->words);
}

void doc_block_says(struct doc *d, const struct block *k)
{
	if (k->kind == BLOCK_NEVER)
		never_item(d, k);
	if (k->kind == BLOCK_SHARE)
		share_items(d, k);
	for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++)
		part_items(d, k, i);
	limit_items(d, k);
	override_item(d, k);
}

void doc_block(struct doc *d, const struct graph_block *g)
{
	const struct block *k = &d->rb->blocks[g->block];
	head(d, k);
	days_note(d, g);
	if (k->kind == BLOCK_TABLE)
		doc_table(d, k);
	sheet_list(d->sheet);
	doc_block_says(d, k);
	placeholder_item(d, k);
	if (k->locked) {
		buf_c(&d->words, "No county can change this");
		doc_item(d);
	}
	if (k->county != NONE) {
		buf_str(&d->words, d->rb->counties[k->county].title);
		buf_c(&d->words, " has this in place of the program's own");
		doc_item(d);
	}
	cited(d, k->cite, k->span);
	sheet_list_end(d->sheet);
}
