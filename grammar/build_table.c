/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables: cells and rows. What a cell may hold is judged when the table is lowered, for only then
 * it is known what its column is.
 */
#include "grammar/build.h"

struct ast_option *build_option(struct build *b, struct span span, enum ast_option_kind kind,
				struct ast_expr *a, struct ast_expr *c)
{
	struct ast_option *o = arena_alloc(b->arena, sizeof(*o));
	*o = (struct ast_option){.span = span, .kind = kind, .a = a, .b = c};
	return o;
}

struct ast_cell *build_cell(struct build *b, struct span span, struct ast_option *backwards)
{
	struct ast_cell *c = arena_alloc(b->arena, sizeof(*c));
	BUILD_TURN(struct ast_option, backwards);
	*c = (struct ast_cell){.span = span, .options = backwards};
	return c;
}

struct ast_cell *build_output(struct build *b, struct span span, struct ast_word name)
{
	struct ast_cell *c = arena_alloc(b->arena, sizeof(*c));
	*c = (struct ast_cell){.span = span, .output = name};
	return c;
}

void build_row(struct build *b, struct span span, struct ast_cell *backwards)
{
	struct ast_row *r = arena_alloc(b->arena, sizeof(*r));
	BUILD_TURN(struct ast_cell, backwards);
	*r = (struct ast_row){.span = span, .cells = backwards};
	BUILD_PUSH(b->inner->rows, r);
	b->done = span.off + span.len;
}
