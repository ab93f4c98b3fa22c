/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockets: whose cases they hear, on which days, and how many at a time.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"
#include "grammar/build.h"

static int32_t weekday_of(struct ast_word w)
{
	uint32_t set = build_weekday(w);
	int32_t day = 0;
	while (day < 6 && !(set >> day & 1))
		day++;
	return day;
}

static bool meets_every_so_often(struct book *b, const struct ast_docket *a, struct docket *out)
{
	const struct ast_period *p = &a->every;
	int64_t days = p->unit == UNIT_WEEKS ? 7 * p->n : p->n;
	out->first = a->from;
	out->every = (int32_t)days;
	if (p->unit != UNIT_DAYS && p->unit != UNIT_WEEKS) {
		struct diag *d =
		    fault(b, W_WRONG_UNIT, p->span, "a docket does not meet every so many " STR_FMT,
			  STR_ARG(unit_name(p->unit, true)));
		help(b, d, "write it in days or weeks, or as in `monthly on first Thursday`");
		return false;
	}
	if (days >= 1 && days <= DOCKET_LONGEST)
		return true;
	struct diag *d = fault(b, W_OUT_OF_RANGE, p->span,
			       "a docket meets every day to every %d days", DOCKET_LONGEST);
	help(b, d, "use another interval");
	return false;
}

static bool meets_monthly_on(struct book *b, const struct ast_docket *a, struct docket *out)
{
	out->weekday = weekday_of(a->weekday);
	out->nth = a->nth ? (int32_t)a->nth : MEETS_LAST;
	if (a->nth < MEETS_LAST)
		return true;
	struct diag *d =
	    fault(b, W_OUT_OF_RANGE, a->meets, "not every month has a day of the week so often");
	help(b, d, "write `first` to `fourth`, or `last`");
	return false;
}

static void lower_meets(struct book *b, const struct ast_decl *d, struct docket *out)
{
	const struct ast_docket *a = d->docket;
	out->first = DAY_MIN;
	out->every = 7;
	if (!a->meets.len && !d->broken) {
		struct diag *g = fault(b, W_DOCKET, d->span,
				       "the docket `" STR_FMT "` does not say when it meets",
				       STR_ARG(d->name.s));
		help(b, g, "add `meets weekly on Thursday`, or another day");
	}
	if (!a->meets.len)
		return;
	if (a->every.span.len)
		meets_every_so_often(b, a, out);
	else if (a->monthly)
		meets_monthly_on(b, a, out);
	else
		out->first = DAY_MIN + (weekday_of(a->weekday) - day_weekday(DAY_MIN) + 7) % 7;
}

static bool lower_count(struct book *b, uint16_t program, const struct ast_expr *e,
			struct count *out)
{
	*out = (struct count){0, NONE};
	if (!e)
		return true;
	if (e->kind == EXPR_LITERAL) {
		out->n = e->value.i;
		return true;
	}
	uint16_t param = resolve_param(b, program, &e->word);
	if (param == NONE)
		return false;
	const struct param *p = &b->rb->params[param];
	if (p->type.kind == TYPE_NUMBER) {
		out->param = param;
		return true;
	}
	struct diag *d =
	    fault(b, W_WRONG_TYPE, e->span, "seats are counted, and `" STR_FMT "` is no number",
		  STR_ARG(p->name));
	help(b, d, "write a number such as 15, or name a `number`");
	diag_also(b->diags, d, p->span, "declared here");
	return false;
}

static void lower_seats(struct book *b, uint16_t program, const struct ast_decl *d,
			struct docket *out)
{
	const struct ast_docket *a = d->docket;
	bool fine = lower_count(b, program, a->most, &out->most);
	fine = lower_count(b, program, a->keeps, &out->keeps) && fine;
	if (!a->seats.len && !d->broken) {
		struct diag *g =
		    fault(b, W_DOCKET, d->span,
			  "the docket `" STR_FMT "` does not say how many cases it hears",
			  STR_ARG(d->name.s));
		help(b, g, "add `at most 15 cases`, or another number");
		return;
	}
	if (!fine || out->most.param != NONE || out->keeps.param != NONE)
		return;
	if (out->most.n < 1 && a->seats.len)
		help(b, fault(b, W_DOCKET, a->seats, "a meeting without a seat hears no case"),
		     "write at least 1");
	else if (out->keeps.n > out->most.n && a->seats.len)
		help(b, fault(b, W_DOCKET, a->kept, "more seats are kept than a meeting has"),
		     "keep fewer, or let it hear more cases");
}

static void lower_docket(struct book *b, uint16_t i)
{
	const struct ast_decl *d = b->dockets.at[i];
	struct docket *out = &b->rb->meetings[i];
	*out = (struct docket){.case_kind = NONE, .span = d->span};
	if (word_given(&d->of))
		out->case_kind = resolve_kind(b, &d->of);
	else if (!d->broken)
		help(b,
		     fault(b, W_KIND_UNCLEAR, d->span,
			   "it is not clear whose cases `" STR_FMT "` hears", STR_ARG(d->name.s)),
		     "add `of KIND` after the name, such as `of survivor`");
	lower_meets(b, d, out);
	lower_seats(b, b->docket_programs.at[i], d, out);
}

void lower_dockets(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->ndockets = (uint16_t)b->dockets.n;
	rb->dockets = arena_array(&rb->arena, b->dockets.n, sizeof(*rb->dockets));
	rb->meetings = arena_array(&rb->arena, b->dockets.n, sizeof(*rb->meetings));
	for (uint16_t i = 0; i < rb->ndockets; i++) {
		const struct ast_decl *d = b->dockets.at[i];
		rb->dockets[i] = (struct named){d->name.s, d->title.s, d->name.span, d->cite.s};
		lower_docket(b, i);
	}
}
