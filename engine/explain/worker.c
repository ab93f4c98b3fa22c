/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/worker.h"

#include "engine/explain/arithmetic.h"
#include "engine/explain/explain_internal.h"
#include "engine/explain/plain.h"
#include "engine/explain/sentence.h"

struct worker {
	struct prose *p;
	const struct account *a;
	const struct rulebook *rb;
	const struct decision *d;
	bool places;
};

static void put_place(struct buf *b, const struct worker *k, struct span span)
{
	if (!k->places)
		return;
	buf_str(b, STR(" ("));
	place_words(b, k->rb, span);
	buf_char(b, ')');
}

static void put_provision(struct buf *b, const struct worker *k, uint32_t part)
{
	const struct part *p = &k->rb->parts[part];
	const struct block *block = &k->rb->blocks[p->block];
	sentence_named(b, &(struct named){.name = block->name, .title = block->title});
	if (p->label.len && !block->title.len) {
		buf_str(b, STR(", "));
		plain_name(b, p->label);
	}
	put_place(b, k, p->span);
}

/* ---- what was decided ---- */

static bool is_plain(const struct term *t)
{
	return t->in->op == OP_FIELD || t->in->op == OP_FACT || t->in->op == OP_FIELD_FACT ||
	       t->in->op == OP_FACT_FACT || t->in->op == OP_COUNT;
}

static void put_what(struct buf *b, const struct worker *k, const struct term *t)
{
	if (t->in->op == OP_COUNT) {
		buf_str(b, STR("how often "));
		sentence_event(b, k->rb, t->in->a);
	} else {
		sentence_read(b, k->rb, &k->d->event, t->in);
	}
}

static void put_seen(const struct worker *k, const struct outcome *o)
{
	struct considered c;
	struct grounds g;
	if (!outcome_is_own(o) || !considered_find(k->a->trace, o->part, &c))
		return;
	struct buf *b = prose_add(k->p, PROSE_SUBITEM);
	size_t start = b->len;
	grounds_find(&g, &k->a->wording, k->d, &c, o);
	for (size_t i = 0; i < g.n; i++) {
		if (!is_plain(g.read[i]))
			continue;
		buf_c(b, b->len > start ? "; " : "Seen: ");
		put_what(b, k, g.read[i]);
		buf_str(b, STR(": "));
		if (!k->a->wording.confidential && term_is_confidential(k->rb, &c, g.read[i]))
			buf_str(b, STR("(confidential)"));
		else
			sentence_value(b, k->rb, &g.read[i]->type, g.read[i]->value);
	}
	if (b->len > start)
		sentence_end(b);
	grounds_release(&g);
	const struct code *amount = outcome_amount(k->rb, k->d, o);
	b = prose_add(k->p, PROSE_SUBITEM);
	if (amount)
		arithmetic_words(b, &k->a->wording, &c, amount);
}

static void put_short(const struct worker *k, const struct outcome *o)
{
	int64_t more = counterfactuals_short_of(k->a->changes, o);
	if (!more)
		return;
	struct buf *b = prose_add(k->p, PROSE_SUBITEM);
	buf_str(b, STR("The fund is short of "));
	money_text(b, more);
	sentence_end(b);
}

/* ---- what would have to be different ---- */

static void put_change(struct buf *b, const struct worker *k, const struct change *c)
{
	if (c->kind == CHANGE_STEP || c->kind == CHANGE_PLACE || c->kind == CHANGE_SEAT) {
		change_words(b, k->rb, c);
		return;
	}
	if (c->kind == CHANGE_DAY) {
		buf_str(b, STR("it would have to be on "));
		plain_day(b, c->day);
		buf_str(b, STR(" or later"));
		return;
	}
	if (change_is_any_time(c)) {
		sentence_event(b, k->rb, c->index);
		buf_str(b, STR(" would have to have happened before"));
		return;
	}
	if (c->kind == CHANGE_COUNT) {
		buf_str(b, STR("how often "));
		sentence_event(b, k->rb, c->index);
	} else {
		buf_c(b, "“");
		sentence_changed(b, k->rb, &k->d->event, c);
		buf_c(b, "”");
	}
	buf_str(b, STR(" would have to be "));
	sentence_relation(b, k->rb, c);
	buf_str(b, STR("; it was "));
	sentence_value(b, k->rb, &c->type, c->was);
}

static void put_sets(struct buf *b, const struct worker *k, const struct counterfactual *f)
{
	if (f->confidential && !k->a->wording.confidential) {
		buf_str(b, STR("this rests on something confidential"));
		return;
	}
	for (size_t i = 0; i < f->n; i++) {
		buf_c(b, i ? "; or " : "");
		for (size_t n = 0; n < f->sets[i].n; n++) {
			buf_c(b, n ? ", and " : "");
			put_change(b, k, &f->sets[i].at[n]);
		}
	}
}

static void put_would_be_taken(const struct worker *k)
{
	struct considered c;
	for (size_t i = 0; reading_next(k->a->trace, &i, &c);) {
		const struct counterfactual *f =
		    c.what == SUBJECT_NEVER ? counterfactuals_of(k->a->changes, &c) : NULL;
		if (!f)
			continue;
		struct buf *b = prose_add(k->p, PROSE_SUBITEM);
		buf_str(b, STR("To be taken, "));
		put_sets(b, k, f);
		sentence_end(b);
	}
}

/* ---- what was decided ---- */

static void put_decided(const struct worker *k)
{
	buf_str(prose_add(k->p, PROSE_SECTION), STR("Decided"));
	for (size_t i = 0; i < k->d->n; i++) {
		const struct outcome *o = &k->d->outcomes[i];
		struct worker own = *k;
		own.rb = outcome_rulebook(o, k->rb);
		struct wording w = {own.rb, k->a->wording.confidential};
		worker_outcome(prose_add(k->p, PROSE_ITEM), &w, k->d, o);
		struct buf *b = prose_add(k->p, PROSE_SUBITEM);
		buf_str(b, STR("Why: "));
		put_provision(b, &own, o->part);
		sentence_end(b);
		put_seen(k, o);
		put_short(k, o);
	}
	if (!k->d->n && !k->d->stopped.slug)
		buf_str(prose_add(k->p, PROSE_ITEM), STR("Nothing follows."));
	for (size_t i = 0; k->d->stopped.slug && i < k->d->stopped.n; i++) {
		struct buf *b = prose_add(k->p, PROSE_ITEM);
		buf_str(b, STR("Stopped: "));
		buf_str(b, k->d->stopped.reasons[i].text);
		sentence_end(b);
	}
	put_would_be_taken(k);
}

/* ---- what did not come out ---- */

static void put_reason(struct buf *b, const struct worker *k, const struct considered *c)
{
	const struct counterfactual *f = counterfactuals_of(k->a->changes, c);
	if (f)
		put_sets(b, k, f);
	else
		verdict_words(b, &k->a->wording, c);
}

static void put_not_decided(const struct worker *k)
{
	struct considered c;
	buf_str(prose_add(k->p, PROSE_SECTION), STR("Did not apply"));
	size_t n = 0;
	for (size_t i = 0; reading_next(k->a->trace, &i, &c);) {
		if (!considered_is_worth_telling(&c) || c.what != SUBJECT_PART)
			continue;
		struct buf *b = prose_add(k->p, PROSE_ITEM);
		put_provision(b, k, c.index);
		buf_str(b, STR(": "));
		put_reason(b, k, &c);
		sentence_end(b);
		n++;
	}
	if (!n)
		prose_drop(k->p);
}

/* ---- what to do ---- */

static void put_otherwise(struct buf *b, const struct worker *k, const struct outcome *o)
{
	const struct action *asked = outcome_action(k->rb, o);
	for (uint16_t i = 0; asked && i < asked->notherwise; i++) {
		const struct action *a = &asked->otherwise[i];
		buf_c(b, i ? "; " : " Otherwise: ");
		if (a->kind == ACTION_NOTIFY && a->to.kind == TARGET_PARTY) {
			sentence_named(b, &k->rb->parties[a->to.index]);
			buf_str(b, STR(" is told: "));
			sentence_quote(b, a->text);
		} else {
			source_words(b, k->rb, a->span);
		}
	}
	if (asked && asked->notherwise)
		sentence_end(b);
}

static void put_awaited(struct buf *b, const struct worker *k, const struct outcome *o)
{
	const struct action *asked = outcome_action(k->rb, o);
	if (o->due != DAY_NONE) {
		buf_str(b, STR("By "));
		plain_day(b, o->due);
		buf_str(b, STR(": "));
	}
	if (asked && asked->answered_by != NONE) {
		sentence_event(b, k->rb, asked->answered_by);
		sentence_end(b);
	} else {
		struct wording w = {k->rb, k->a->wording.confidential};
		worker_outcome(b, &w, k->d, o);
	}
	put_otherwise(b, k, o);
}

static void put_to_do(const struct worker *k)
{
	buf_str(prose_add(k->p, PROSE_SECTION), STR("To do"));
	size_t n = 0;
	for (size_t i = 0; i < k->d->n; i++) {
		const struct outcome *o = &k->d->outcomes[i];
		struct worker own = *k;
		own.rb = outcome_rulebook(o, k->rb);
		if (o->reversal || o->waiting || (o->status != OUTCOME_OPEN && !o->proposal))
			continue;
		put_awaited(prose_add(k->p, PROSE_ITEM), &own, o);
		n++;
	}
	if (!n)
		buf_str(prose_add(k->p, PROSE_ITEM), STR("Nothing, as far as this event goes."));
}

void worker_prose(struct prose *p, const struct account *a, bool places)
{
	const struct decision *d = a->decision;
	const struct worker k = {p, a, a->wording.rb, d, places};
	struct buf *b = prose_add(p, PROSE_TITLE);
	buf_fmt(b, STR_FMT ", ", STR_ARG(d->event.subject));
	plain_day(b, d->event.day);
	buf_str(b, STR(": "));
	plain_event(b, k.rb, d->event.type);
	put_decided(&k);
	put_not_decided(&k);
	put_to_do(&k);
}
