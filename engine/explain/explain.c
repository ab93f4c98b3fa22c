/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/explain/arithmetic.h"
#include "engine/explain/explain_internal.h"

static void name_words(struct buf *b, const struct rulebook *rb, const struct considered *c)
{
	if (c->what == SUBJECT_PART) {
		part_words(b, rb, c->index);
		return;
	}
	if (c->what == SUBJECT_OVERRIDE) {
		block_words(b, reading_block(rb, c));
		return;
	}
	buf_char(b, '`');
	source_words(b, rb, reading_block(rb, c)->span);
	buf_char(b, '`');
}

void explain_considered(struct buf *b, const struct wording *w, const struct considered *c)
{
	name_words(b, w->rb, c);
	buf_char(b, ' ');
	verdict_words(b, w, c);
	buf_str(b, STR(" — "));
	place_words(b, w->rb, considered_place(w->rb, c));
}

static struct buf *sub(struct prose *p)
{
	return prose_add(p, PROSE_SUBITEM);
}

/* ---- why ---- */

static void put_because(struct prose *p, const struct wording *w, const struct outcome *o)
{
	const struct part *part = &w->rb->parts[o->part];
	const struct block *block = &w->rb->blocks[part->block];
	struct str cite = part->cite.len ? part->cite : block->cite;
	struct buf *b = sub(p);
	part_words(b, w->rb, o->part);
	if (block->title.len)
		buf_fmt(b, " \"" STR_FMT "\"", STR_ARG(block->title));
	buf_str(b, STR(" — "));
	place_words(b, w->rb, part->span);
	if (cite.len)
		buf_fmt(sub(p), "cites \"" STR_FMT "\"", STR_ARG(cite));
}

static void put_seen(struct prose *p, const struct wording *w, const struct decision *d,
		     const struct considered *c, const struct outcome *o)
{
	struct grounds g;
	grounds_find(&g, w, d, c, o);
	list_words(sub(p), w, c, g.read, g.n);
	grounds_release(&g);
}

/* What the fund had left before the event drew on it; why it is not paid, when it is not. */
static void put_fund(struct prose *p, const struct account *a, const struct outcome *o)
{
	const struct decision *d = a->decision;
	int64_t more = counterfactuals_short_of(a->changes, o);
	bool draws = o->unfunded || o->draw.pot == POT_FUND;
	for (size_t i = 0; draws && !o->reversal && i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		if (in->pot != POT_FUND || in->index != o->fund)
			continue;
		struct buf *b = sub(p);
		buf_str(b, STR("the fund had "));
		money_text(b, in->most - in->reserved - in->committed);
		buf_str(b, STR(" left of "));
		money_text(b, in->most);
		buf_c(b, o->unfunded ? ", and pays all or nothing" : "");
		if (more) {
			buf_str(b, STR("; with "));
			money_text(b, more);
			buf_str(b, STR(" more it would have been paid"));
		}
		return;
	}
}

static void put_line(struct prose *p, const struct decision *d, const struct outcome *o)
{
	for (size_t i = 0; o->waiting && !o->reversal && i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		if (in->pot != POT_CAPACITY || in->index != o->name)
			continue;
		buf_fmt(sub(p), "%lld of %lld places were taken, and %lld waited before it",
			(long long)in->committed, (long long)in->most, (long long)in->reserved);
		return;
	}
}

/* Why it is this meeting: the ones before it had no seat. */
static void put_seat(struct prose *p, const struct decision *d, const struct outcome *o)
{
	if (o->action != ACTION_PLACE || o->reversal)
		return;
	for (size_t i = 0; i < d->npots; i++) {
		const struct pot_input *in = &d->pots[i];
		if (in->pot != POT_DOCKET || in->index != o->name || in->from != o->due)
			continue;
		struct buf *b = sub(p);
		buf_fmt(
		    b, "the first meeting after the event that has a seat: %lld of %lld were taken",
		    (long long)(in->reserved + in->committed), (long long)in->most);
		if (in->reserved)
			buf_fmt(b, ", %lld by urgent cases", (long long)in->reserved);
		return;
	}
}

/* How an outcome came about that does not follow from the event itself. */
static void put_origin(struct prose *p, const struct decision *d, const struct outcome *o)
{
	if (o->reversal) {
		buf_c(sub(p), "it no longer follows, now that this event is known");
		return;
	}
	if (str_eq(o->source, STR("waymark")))
		buf_c(sub(p), "it came by itself when it was due, now that this event is known");
	else if (o->source.len)
		buf_fmt(sub(p),
			"it follows from the event " STR_FMT " of " STR_FMT
			", now that this one is known",
			STR_ARG(o->event), STR_ARG(o->source));
	if (o->by.len)
		buf_fmt(sub(p), "approved by " STR_FMT, STR_ARG(o->by));
	if (d->event.type == EVENT_DEADLINE && o->has_of && !o->source.len) {
		struct buf *b = sub(p);
		buf_str(b, STR("no answer came by the end of "));
		day_text(b, d->event.day);
	}
}

static void put_rows(struct prose *p, const struct wording *w, const struct decision *d,
		     const struct considered *c, const struct outcome *o)
{
	struct grounds g;
	const struct lookup *rows[TERMS_MOST];
	grounds_find(&g, w, d, c, o);
	size_t n = grounds_rows(w, d, o, &g, rows);
	for (size_t i = 0; i < n; i++)
		row_words(sub(p), w, c, rows[i]);
	grounds_release(&g);
}

static void put_parameter(struct prose *p, const struct wording *w, const struct decision *d,
			  uint16_t param)
{
	const struct param *of = &w->rb->params[param];
	const struct dated *v = param_on(w->rb, d->event.county, param, d->event.day);
	struct buf *b = sub(p);
	buf_str(b, of->name);
	buf_str(b, STR(" is set at "));
	place_words(b, w->rb, v->span);
	if (v->cite.len)
		buf_fmt(b, ", which cites \"" STR_FMT "\"", STR_ARG(v->cite));
	if (v->placeholder.len)
		buf_fmt(b, "; no document gives this figure: " STR_FMT, STR_ARG(v->placeholder));
}

/* Where the parameters of an amount are set, which may be a county's file, and what that cites. */
static void put_parameters(struct prose *p, const struct wording *w, const struct decision *d,
			   const struct outcome *o)
{
	const struct code *amount = outcome_amount(w->rb, d, o);
	for (uint32_t i = 0; amount && i < amount->n; i++) {
		if (amount->at[i].op == OP_PARAM)
			put_parameter(p, w, d, amount->at[i].a);
		for (size_t k = 0; amount->at[i].op == OP_TABLE && k < d->nlookups; k++) {
			const struct lookup *l = &d->lookups[k];
			if (l->part != o->part || w->rb->tables[l->table].first != amount->at[i].a)
				continue;
			for (uint16_t n = 0; n < l->row->nparams; n++)
				put_parameter(p, w, d, l->row->params[n]);
		}
	}
}

static void put_limits(struct prose *p, const struct rulebook *rb, const struct outcome *o)
{
	const struct block *block = &rb->blocks[rb->parts[o->part].block];
	for (uint16_t i = 0; o->action == ACTION_PAY && i < block->nlimits; i++) {
		struct buf *b = sub(p);
		buf_str(b, STR("it keeps within `"));
		source_words(b, rb, block->limits[i].span);
		buf_char(b, '`');
	}
}

static void put_own(struct prose *p, const struct account *a, const struct outcome *o)
{
	struct considered c;
	const struct wording *w = &a->wording;
	const struct decision *d = a->decision;
	const struct code *amount = outcome_amount(w->rb, d, o);
	if (considered_find(a->trace, o->part, &c)) {
		put_seen(p, w, d, &c, o);
		put_rows(p, w, d, &c, o);
		if (amount)
			arithmetic_words(sub(p), w, &c, amount);
	}
	arithmetic_split(sub(p), w->rb, o);
	put_limits(p, w->rb, o);
	put_parameters(p, w, d, o);
}

static void put_outcomes(struct prose *p, const struct account *a)
{
	const struct decision *d = a->decision;
	for (size_t i = 0; i < d->n; i++) {
		const struct outcome *o = &d->outcomes[i];
		struct wording own = {outcome_rulebook(o, a->wording.rb), a->wording.confidential};
		outcome_words(prose_add(p, PROSE_ITEM), &own, o);
		put_because(p, &own, o);
		put_seat(p, d, o);
		put_fund(p, a, o);
		put_line(p, d, o);
		put_origin(p, d, o);
		if (outcome_is_own(o))
			put_own(p, a, o);
	}
	if (!d->n && !d->stopped.slug)
		buf_c(prose_add(p, PROSE_ITEM), "nothing follows");
}

/* ---- why not ---- */

static void put_voids(struct prose *p, const struct decision *d)
{
	for (size_t i = 0; i < d->nvoids; i++)
		buf_fmt(prose_add(p, PROSE_ITEM),
			"without effect now: the event " STR_FMT " of " STR_FMT ": " STR_FMT,
			STR_ARG(d->voids[i].id), STR_ARG(d->voids[i].source),
			STR_ARG(d->voids[i].reason));
}

static void put_stopped(struct prose *p, const struct refusal *r)
{
	for (size_t i = 0; r->slug && i < r->n; i++)
		buf_fmt(prose_add(p, PROSE_ITEM), "stopped: " STR_FMT, STR_ARG(r->reasons[i].text));
}

static void put_considered(struct prose *p, const struct account *a, const struct considered *c)
{
	explain_considered(prose_add(p, PROSE_ITEM), &a->wording, c);
	const struct counterfactual *change = counterfactuals_of(a->changes, c);
	if (change)
		counterfactual_words(sub(p), &a->wording, change);
}

/* ---- the whole ---- */

/* Which event it is about, and why it was sent. */
static void amends_words(struct buf *b, const struct event *ev)
{
	bool retracts = ev->type == EVENT_RETRACTED;
	if (!retracts && ev->type != EVENT_CORRECTED)
		return;
	struct value reason = ev->fields[retracts ? RETRACTED_REASON : CORRECTED_REASON];
	buf_str(b, retracts ? STR(": it takes back ") : STR(": it corrects "));
	buf_str(b, value_as_str(ev->fields[AMENDS_EVENT]));
	buf_str(b, STR(" of "));
	buf_str(b, value_as_str(ev->fields[AMENDS_SOURCE]));
	if (reason.known)
		buf_fmt(b, " (\"" STR_FMT "\")", STR_ARG(value_as_str(reason)));
}

void explain_prose(struct prose *p, const struct account *a)
{
	const struct decision *d = a->decision;
	struct buf *b = prose_add(p, PROSE_SECTION);
	time_text(b, a->wording.rb->zone, d->event.time);
	buf_fmt(b, " " STR_FMT " of " STR_FMT, STR_ARG(d->type_name), STR_ARG(d->event.subject));
	amends_words(b, &d->event);
	put_outcomes(p, a);
	put_voids(p, d);
	put_stopped(p, &d->stopped);
	struct considered c;
	for (size_t i = 0; reading_next(a->trace, &i, &c);)
		if (considered_is_worth_telling(&c))
			put_considered(p, a, &c);
}

void explain_decision(struct buf *b, const struct account *a)
{
	struct prose p = {0};
	explain_prose(&p, a);
	prose_outline(b, &p);
	prose_release(&p);
}
