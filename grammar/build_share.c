/* SPDX-License-Identifier: Apache-2.0
 *
 * What a partner may see of a case: `share`.
 */
#include "grammar/build.h"

#include "grammar/codes.h"

/* False, with a message, when the clause stands there already. */
static bool once(struct build *b, struct span span, struct span first, const char *what,
		 const char *help)
{
	b->done = span.off + span.len;
	if (!first.len)
		return true;
	struct diag *d = build_error(b, W_TWICE, span, "%s stands here for the second time", what);
	build_help(b, d, "%s", help);
	return false;
}

void build_share_with(struct build *b, struct span span, struct ast_word kind)
{
	if (once(b, span, b->inner->with.span, "`with`", "write a share for each kind of partner"))
		b->inner->with = kind;
}

void build_share_show(struct build *b, struct span span, struct ast_word *backwards)
{
	struct ast_word *names = words_turn(backwards);
	struct span first = b->inner->show ? b->inner->show->span : (struct span){0};
	if (once(b, span, first, "`show`", "name all facts in one `show`, with commas between"))
		b->inner->show = names;
}

void build_share_needs(struct build *b, struct span span, struct ast_word fact,
		       struct ast_period period)
{
	if (!once(b, span, b->inner->needs_span, "`needs`", "a share rests on one consent"))
		return;
	b->inner->needs = fact;
	b->inner->needs_for = period;
	b->inner->needs_span = span;
}

void build_share_when(struct build *b, struct span span, struct ast_expr *cond)
{
	if (!once(b, span, b->inner->when_span, "`when`", "join the two conditions with `and`"))
		return;
	b->inner->when = cond;
	b->inner->when_span = span;
}
