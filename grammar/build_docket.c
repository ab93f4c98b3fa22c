/* SPDX-License-Identifier: Apache-2.0
 *
 * Dockets: when they meet, and how many seats a meeting has. `cases` and `urgent` are words of
 * these clauses only.
 */
#include "grammar/build.h"

#include "grammar/codes.h"
#include "grammar/parser.h"

static void attached(struct build *b, struct span span)
{
	b->done = span.off + span.len;
}

void build_docket(struct build *b, struct span span, struct ast_word name)
{
	struct ast_decl *d = build_open(b, AST_DOCKET, T_START_DOCKET, span, name);
	d->docket = arena_alloc(b->arena, sizeof(*d->docket));
}

/* False, with a message, when the clause stands there already. */
static bool once(struct build *b, struct span span, struct span *place, const char *clause)
{
	attached(b, span);
	if (place->len) {
		struct diag *d =
		    build_error(b, W_TWICE, span, "`%s` stands here for the second time", clause);
		build_help(b, d, "keep one of them");
		return false;
	}
	*place = span;
	return true;
}

/* A word that must be the one that the clause ends with. */
static void check_word(struct build *b, struct ast_word word, const char *wanted)
{
	if (str_eq(word.s, str_from(wanted)))
		return;
	struct diag *d =
	    build_error(b, W_SYNTAX, word.span, "`" STR_FMT "` cannot stand here", STR_ARG(word.s));
	build_help(b, d, "expected `%s`", wanted);
}

void build_meets(struct build *b, struct span span, struct ast_docket *meets)
{
	struct ast_docket *own = b->decl->docket;
	if (!once(b, span, &own->meets, "meets"))
		return;
	own->every = meets->every;
	own->from = meets->from;
	own->weekday = meets->weekday;
	own->monthly = meets->monthly;
	own->nth = meets->nth;
}

void build_seats(struct build *b, struct span span, struct ast_expr *most, struct ast_word cases)
{
	if (!str_eq(cases.s, STR("case")))
		check_word(b, cases, "cases");
	if (once(b, span, &b->decl->docket->seats, "at most"))
		b->decl->docket->most = most;
}

void build_keeps(struct build *b, struct span span, struct ast_expr *seats, struct ast_word whom)
{
	check_word(b, whom, "urgent");
	if (once(b, span, &b->decl->docket->kept, "keeps"))
		b->decl->docket->keeps = seats;
}

static struct ast_docket *make(struct build *b, struct ast_word weekday)
{
	struct ast_docket *m = arena_alloc(b->arena, sizeof(*m));
	m->weekday = weekday;
	return m;
}

struct ast_docket *meets_weekly(struct build *b, struct ast_word weekday)
{
	return make(b, weekday);
}

struct ast_docket *meets_every(struct build *b, struct ast_period every, int32_t from)
{
	struct ast_docket *m = make(b, (struct ast_word){0});
	m->every = every;
	m->from = from;
	return m;
}

struct ast_docket *meets_monthly(struct build *b, int64_t nth, struct ast_word weekday)
{
	struct ast_docket *m = make(b, weekday);
	m->monthly = true;
	m->nth = nth;
	return m;
}
