/* SPDX-License-Identifier: Apache-2.0
 *
 * Capacities: how many places there are, and for whom.
 */
#include "grammar/lower.h"

static void place_count(struct book *b, uint16_t capacity, const struct ast_decl *d,
			struct capacity *out)
{
	struct type number = {.kind = TYPE_NUMBER, .has_range = true, .min = 0, .max = INT64_MAX};
	struct value v;
	if (!d->count)
		return;
	if (d->count->kind == EXPR_LITERAL) {
		if (check_value(b, d->count, &number, &v))
			out->n = v.i;
		return;
	}
	out->param = resolve_param(b, b->capacity_programs.at[capacity], &d->count->word);
	if (out->param == NONE || b->rb->params[out->param].type.kind == TYPE_NUMBER)
		return;
	const struct param *p = &b->rb->params[out->param];
	struct diag *g =
	    fault(b, W_WRONG_TYPE, d->count->span,
		  "places are counted, and `" STR_FMT "` is no number", STR_ARG(p->name));
	help(b, g, "write a number such as 100, or name a `number`");
	diag_also(b->diags, g, p->span, "declared here");
}

void lower_capacities(struct book *b)
{
	struct rulebook *rb = b->rb;
	rb->places = arena_array(&rb->arena, rb->ncapacities, sizeof(*rb->places));
	for (uint16_t i = 0; i < rb->ncapacities; i++) {
		const struct ast_decl *d = b->capacities.at[i];
		rb->places[i] = (struct capacity){.kind = NONE, .param = NONE, .span = d->span};
		if (word_given(&d->of))
			rb->places[i].kind = resolve_kind(b, &d->of);
		place_count(b, i, d, &rb->places[i]);
	}
}
