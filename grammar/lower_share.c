/* SPDX-License-Identifier: Apache-2.0
 *
 * `share`: which facts of a case a partner may see, the consent that this needs, and under which
 * condition. Nothing is shown that is not named here.
 */
#include "grammar/lower.h"

static void lacks(struct book *b, const struct ast_decl *d, const char *what, const char *advice)
{
	if (d->broken)
		return;
	struct diag *g = fault(b, W_SHARE, d->span, "the share `" STR_FMT "` does not say %s",
			       STR_ARG(d->name.s), what);
	help(b, g, "%s", advice);
}

static void lower_shown(struct book *b, struct scope *s, const struct ast_decl *d,
			struct share *out)
{
	size_t n = 0;
	for (const struct ast_word *w = d->show; w; w = w->next)
		n++;
	uint16_t *facts = arena_array(&b->rb->arena, n, sizeof(*facts));
	for (const struct ast_word *w = d->show; w; w = w->next) {
		uint16_t fact = resolve_fact(b, s->kind, w);
		bool twice = false;
		for (uint16_t i = 0; i < out->nfacts; i++)
			twice = twice || facts[i] == fact;
		if (fact != NONE && twice)
			help(b,
			     fault(b, W_DEFINED_TWICE, w->span, "`" STR_FMT "` is shown twice",
				   STR_ARG(w->s)),
			     "name it once");
		else if (fact != NONE)
			facts[out->nfacts++] = fact;
	}
	out->facts = facts;
}

static void lower_consent(struct book *b, struct scope *s, const struct ast_decl *d,
			  struct share *out)
{
	if (!word_given(&d->needs))
		return;
	uint16_t fact = resolve_fact(b, s->kind, &d->needs);
	if (fact == NONE)
		return;
	const struct fact *f = &b->rb->kinds[s->kind].facts[fact];
	if (!f->consent) {
		struct diag *g = fault(b, W_SHARE, d->needs.span,
				       "the fact `" STR_FMT "` is no consent", STR_ARG(f->name));
		help(b, g, "declare it `date optional consent`, or name a fact that is");
		diag_also(b->diags, g, f->span, "declared here");
		return;
	}
	if (lower_period(s, &d->needs_for, &out->lasts))
		out->consent = fact;
}

/* What is confidential is shown to nobody who has not been allowed to see it by the person. */
static void check_confidential(struct book *b, const struct scope *s, const struct ast_decl *d,
			       const struct share *share)
{
	if (word_given(&d->needs))
		return;
	for (uint16_t i = 0; i < share->nfacts; i++) {
		const struct fact *f = &b->rb->kinds[s->kind].facts[share->facts[i]];
		if (!f->confidential)
			continue;
		struct diag *g =
		    fault(b, W_SHARE, d->show->span,
			  "`" STR_FMT "` is confidential, and this share needs no consent",
			  STR_ARG(f->name));
		help(b, g, "add `needs CONSENT for 1 year`, or do not show it");
		diag_also(b->diags, g, f->span, "declared here");
		return;
	}
}

static void lower_condition(struct book *b, struct scope *s, const struct ast_decl *d,
			    struct share *out)
{
	if (!d->when)
		return;
	struct texpr *when = check_condition(s, d->when);
	check_guards(b, when, NULL);
	out->when = lower_code(b, when);
	out->said = words_of(b, d->when->span);
}

void lower_share(struct book *b, uint32_t body)
{
	const struct body *of = &b->bodies.at[body];
	const struct ast_decl *d = of->decl;
	struct share *out = &b->rb->shares[b->rb->blocks[body].detail];
	struct scope s = {.b = b, .program = of->program, .event = NONE, .body = body};
	*out = (struct share){.block = (uint16_t)body, .partner = NONE, .consent = NONE};
	s.kind = b->rb->blocks[body].case_kind;
	s.no_event = "a share is asked for on a day, without an event";
	if (of->broken)
		return;
	if (!d->show)
		lacks(b, d, "what is shown", "add `show FACT, FACT`");
	if (!word_given(&d->with)) {
		lacks(b, d, "who sees it", "add `with KIND`: the kind of case that partners are");
		return;
	}
	out->partner = resolve_kind(b, &d->with);
	if (out->partner == NONE)
		return;
	s.partner = &b->rb->kinds[out->partner];
	lower_shown(b, &s, d, out);
	lower_consent(b, &s, d, out);
	check_confidential(b, &s, d, out);
	lower_condition(b, &s, d, out);
}

/* It is asked for by its name alone, whichever program it belongs to. */
void check_share_names(struct book *b)
{
	struct map seen = {0};
	for (uint32_t i = 0; i < b->bodies.n; i++) {
		const struct body *of = &b->bodies.at[i];
		if (of->decl->block != BLOCK_SHARE || of->county != NONE)
			continue;
		uint32_t first = map_get(&seen, of->name);
		if (first == MAP_NONE) {
			map_put(&seen, of->name, i);
			continue;
		}
		struct diag *d =
		    fault(b, W_DEFINED_TWICE, of->decl->name.span,
			  "two programs have a share `" STR_FMT "`", STR_ARG(of->name));
		help(b, d, "give this one another name: partners ask for it by its name alone");
		diag_also(b->diags, d, b->bodies.at[first].decl->name.span, "the other one");
	}
	map_release(&seen);
}
