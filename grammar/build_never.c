/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen, only after something else, or always in time: `never`, `only after`,
 * `always`.
 */
#include "grammar/build.h"

#include "grammar/codes.h"
#include "grammar/parser.h"

static void attached(struct build *b, struct span span)
{
	b->done = span.off + span.len;
}

static void check_never_name(struct build *b, struct ast_action *a)
{
	const char *help = NULL;
	switch (a->kind) {
	case ACTION_PAY:
	case ACTION_REFER:
		help = "write `to` before it";
		break;
	case ACTION_ASSESS:
	case ACTION_CREDIT:
		help = "write `as` before the line's name";
		break;
	case ACTION_DENY:
		help = "leave it out";
		break;
	case ACTION_WAIVE:
	case ACTION_REQUIRE:
	case ACTION_NOTIFY:
	case ACTION_ORDER:
	case ACTION_START:
	case ACTION_STOP:
	case ACTION_SET:
	case ACTION_ENTER:
	case ACTION_PLACE:
	case ACTION_ENROL:
	case ACTION_RELEASE:
	case ACTION_BROKEN: /* has no verb of its own */
		return;
	}
	struct diag *d = build_error(b, W_PHRASE_MISPLACED, a->name.span,
				     "a name does not stand directly after this verb");
	build_help(b, d, "%s", help);
}

void build_never(struct build *b, struct span span, bool locked, enum ast_invariant invariant,
		 struct ast_word after, struct ast_action *action)
{
	struct ast_decl *d = build_open(b, AST_NEVER, T_START_NEVER, span, (struct ast_word){0});
	d->locked = locked;
	d->block = invariant == INVARIANT_ALWAYS ? BLOCK_ALWAYS : BLOCK_NEVER;
	d->invariant = invariant;
	d->after = after;
	d->never_action = action;
	action->span = span;
}

void build_never_name(struct build *b, struct span span, struct ast_word name)
{
	struct ast_action *action = b->decl->never_action;
	action->name = name;
	action->span = build_join(action->span, span);
	build_head(b, span, (struct ast_word){0});
	check_never_name(b, action);
	b->decl->never_form = NEVER_NAME;
	if (action->kind == ACTION_NOTIFY) {
		action->to = name;
		action->name = (struct ast_word){0};
		b->decl->never_form = NEVER_TO;
	}
}

static void never_part(struct build *b, struct span span, struct ast_word *place,
		       struct ast_word word, const char *what)
{
	b->decl->span = build_join(b->decl->span, span);
	if (place->span.len)
		build_error(b, W_TWICE, span, "%s stands here for the second time", what);
	else
		*place = word;
	attached(b, span);
}

void build_never_to(struct build *b, struct span span, struct ast_word to)
{
	b->decl->never_form = NEVER_TO;
	never_part(b, span, &b->decl->never_action->to, to, "`to`");
}

void build_never_as(struct build *b, struct span span, struct ast_word line)
{
	b->decl->never_form = NEVER_AS;
	never_part(b, span, &b->decl->never_action->name, line, "the line");
}

/* ---- more than ---- */

static bool cap_fits(struct build *b, struct span span, enum action_kind verb)
{
	if (b->decl->invariant == INVARIANT_NEVER && (verb == ACTION_PAY || verb == ACTION_ASSESS))
		return true;
	struct diag *d = build_error(b, W_PHRASE_MISPLACED, span,
				     "`more than` belongs to `never pay` and `never assess`");
	build_help(b, d, "write `never pay more than $5,000 per case per year`");
	return false;
}

void build_never_most(struct build *b, struct span span, struct ast_expr *most,
		      struct ast_word *backwards)
{
	struct ast_decl *d = b->decl;
	struct ast_limit *cap = arena_alloc(b->arena, sizeof(*cap));
	struct ast_word *per = words_turn(backwards);
	bool by_case = str_eq(per->s, STR("case"));
	build_head(b, span, (struct ast_word){0});
	if (!cap_fits(b, span, d->never_action->kind))
		return;
	cap->span = span;
	cap->most = most;
	if (by_case && !per->next) {
		cap->per_case = true;
	} else if (!by_case || per->next->next || !build_limit_unit(cap, per->next->s) ||
		   cap->per_case) {
		struct diag *g = build_error(b, W_LIMIT_PER, per->span,
					     "it is counted for one case, in all or in some time");
		build_help(b, g,
			   "write `per case`, or `per case per day`, `per week`, `per month` or "
			   "`per year` in its place");
		return;
	}
	d->limits = cap;
}

void build_never_fund(struct build *b, struct span span, struct ast_word fund)
{
	enum action_kind verb = b->decl->never_action->kind;
	if (verb != ACTION_PAY && verb != ACTION_ASSESS) {
		struct diag *d = build_error(b, W_PHRASE_MISPLACED, span,
					     "only what is paid or assessed has a fund");
		build_help(b, d, "leave it out");
		return;
	}
	never_part(b, span, &b->decl->never_action->fund, fund, "the fund");
}

/* ---- always ---- */

void build_always_within(struct build *b, struct span span, struct ast_period within,
			 struct ast_word event)
{
	if (b->decl->invariant != INVARIANT_ALWAYS) {
		struct diag *d =
		    build_error(b, W_PHRASE_MISPLACED, span, "`within … of` belongs to `always`");
		build_help(b, d, "write `always ACTION within PERIOD of EVENT`");
		return;
	}
	never_part(b, span, &b->decl->after, event, "`within`");
	if (!b->decl->within.span.len)
		b->decl->within = within;
}

void build_never_for(struct build *b, struct span span, struct ast_word kind)
{
	never_part(b, span, &b->decl->never_for, kind, "`for`");
}

void build_never_when(struct build *b, struct span span, struct ast_expr *cond)
{
	b->decl->span = build_join(b->decl->span, span);
	if (b->decl->when)
		build_error(b, W_TWICE, span, "`when` stands here for the second time");
	b->decl->when = cond;
	attached(b, span);
}
