/* SPDX-License-Identifier: Apache-2.0
 *
 * Warnings about what nobody uses: often a misspelling, or a provision that was forgotten.
 */
#include "grammar/check.h"

static void unused(struct book *b, struct str name, struct span span, const char *what,
		   const char *advice)
{
	struct diag *d = warn(b, W_UNUSED, span, "the %s `" STR_FMT "` is not used anywhere", what,
			      STR_ARG(name));
	help(b, d, "%s", advice);
}

/* What is confidential is often noted for people alone to see. */
static void unread_fact(struct book *b, const struct fact *f, struct span set)
{
	if (f->confidential)
		return;
	struct diag *d =
	    warn(b, W_SET_UNREAD, set, "the fact `" STR_FMT "` is set, but nothing reads it",
		 STR_ARG(f->name));
	help(b, d,
	     "let a condition, an amount or a `share` use it, or expect it in a scenario, if it is "
	     "for people to see; else do not set it");
	diag_also(b->diags, d, f->span, "declared here");
}

static void unused_fact(struct book *b, const struct fact *f, struct span set)
{
	if (set.len)
		unread_fact(b, f, set);
	else if (!f->consent)
		unused(b, f->name, f->span, "fact",
		       "use it in a condition or a scenario, or remove it");
}

static void unused_facts(struct book *b)
{
	for (uint16_t k = 0; k < b->rb->nkinds; k++) {
		const struct case_kind *kind = &b->rb->kinds[k];
		for (uint16_t i = 0; i < kind->nfacts; i++)
			if (!b->fact_used[k][i])
				unused_fact(b, &kind->facts[i], b->fact_set[k][i]);
	}
}

static void unused_named(struct book *b, const struct named *at, uint16_t n, const bool *is_used,
			 const char *what)
{
	for (uint16_t i = 0; i < n; i++)
		if (!is_used[i])
			unused(b, at[i].name, at[i].span, what,
			       "let a provision name it, or remove it");
}

/* An event that sets a fact which somebody reads is used. */
static bool event_used(const struct book *b, uint16_t i)
{
	const struct event_type *e = &b->rb->events[i];
	for (uint16_t f = 0; f < e->nfields; f++)
		for (uint16_t k = 0; e->fields[f].sets && k < b->rb->nkinds; k++)
			if (e->fields[f].sets[k] != NONE && b->fact_used[k][e->fields[f].sets[k]])
				return true;
	return b->event_used[i];
}

/* For how long a review can be asked for is told in letters. */
static bool param_used(const struct book *b, uint16_t i)
{
	return b->param_used[i] || (str_eq(b->rb->params[i].name, STR(REVIEW_TIME)) &&
				    rulebook_event(b->rb, STR(REVIEW_EVENT)) != NONE);
}

void check_unused(struct book *b)
{
	const struct rulebook *rb = b->rb;
	if (b->diags->errors) /* what is broken may well be what uses it */
		return;
	for (uint16_t i = 0; i < rb->nprograms; i++)
		if (!rb->programs[i].nblocks)
			help(b,
			     warn(b, W_EMPTY_PROGRAM, rb->programs[i].span,
				  "the program `" STR_FMT "` has no provisions",
				  STR_ARG(rb->programs[i].name)),
			     "add its blocks below it, in the same file");
	for (uint16_t i = 0; i < rb->nparams; i++)
		if (!param_used(b, i))
			unused(b, rb->params[i].name, rb->params[i].span, "parameter",
			       "use it by its name, or remove it");
	for (uint16_t i = EVENT_BUILTINS; i < rb->nevents; i++)
		if (!event_used(b, i))
			unused(b, rb->events[i].name, rb->events[i].span, "event",
			       "let a provision or a scenario use it, or remove it");
	unused_named(b, rb->parties, rb->nparties, b->party_used, "party");
	unused_named(b, rb->requirements, rb->nrequirements, b->requirement_used, "requirement");
	unused_named(b, rb->orders, rb->norders, b->order_used, "action");
	unused_named(b, rb->funds, rb->nfunds, b->fund_used, "fund");
	for (uint16_t i = 0; i < rb->ntables; i++)
		if (rb->tables[i].first == i && !b->table_used[i])
			unused(b, rb->blocks[rb->tables[i].block].name,
			       rb->blocks[rb->tables[i].block].span, "table",
			       "look it up in an amount or a condition, or remove it");
	unused_facts(b);
}
