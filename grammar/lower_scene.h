/* SPDX-License-Identifier: Apache-2.0
 *
 * One scenario while it is lowered: whose cases are given, and whose event was the last.
 */
#ifndef WAYMARK_GRAMMAR_LOWER_SCENE_H
#define WAYMARK_GRAMMAR_LOWER_SCENE_H

#include "grammar/lower.h"

struct scene {
	struct book *b;
	const struct ast_decl *decl;
	struct scenario *out;
	struct map ids;   /* of given cases */
	uint16_t subject; /* whose event was the latest; NONE before the first */
	int64_t last;     /* minute of the latest line, counted from day 0 */
	uint16_t more;    /* cases without a name so far, behind those given */
};

/* lower_scenario.c */
bool scene_is_whole(const struct scene *s); /* nothing of what is given was reported as broken */
uint16_t scene_given(struct scene *s, const struct ast_word *w); /* by name; reports */
bool scene_value(struct scene *s, const struct ast_expr *e, const struct type *t,
		 struct value *out);
uint32_t scene_block(const struct scene *s, enum block_kind kind, struct str name);

/* The cases given, with room for `more`, and one more: a case without a name, which counts for
 * nothing else in the scene. */
void scene_givens(struct scene *s, size_t more);
const struct given *scene_one_more(struct scene *s, const struct ast_given *g);
void scene_order(struct scene *s, const struct ast_line *l);
void scene_fields(struct scene *s, const struct ast_line *l, struct scenario_line *out);

/* lower_fund.c */
bool fund_is_limited(struct book *b, uint16_t fund, const struct ast_word *w); /* reports */
void lower_given_funds(struct scene *s);                                       /* after its lines */

/* lower_expect.c */
bool lower_expect(struct scene *s, const struct ast_expect *e, struct expect *out);

#endif
