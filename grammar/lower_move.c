/* SPDX-License-Identifier: Apache-2.0
 *
 * `move step OLD to NEW`: where cases stand that a former version left in a step that is no more. A
 * step may have been moved several times; here each comes to lie where the way ends.
 */
#include "grammar/lower.h"

struct moves {
	struct book *b;
	const struct body *own;
	VEC(const struct ast_move *) list;
};

static struct str step_word(const struct moves *m)
{
	return block_step_name(m->own->decl->block);
}

static const struct ast_move *move_of(const struct moves *m, struct str from)
{
	for (size_t i = 0; i < m->list.n; i++)
		if (str_eq(m->list.at[i]->from.s, from))
			return m->list.at[i];
	return NULL;
}

/* Is it a step that is gone, and moved once? */
static bool fits(struct moves *m, const struct ast_move *move)
{
	struct book *b = m->b;
	const struct ast_word *from = &move->from;
	const struct ast_move *other = move_of(m, from->s);
	struct diag *d;
	if (map_get(&m->own->steps, from->s) != MAP_NONE || str_eq(from->s, STR("none"))) {
		d = fault(b, W_MOVE, from->span,
			  "`" STR_FMT "` still is a " STR_FMT " of `" STR_FMT "`", STR_ARG(from->s),
			  STR_ARG(step_word(m)), STR_ARG(m->own->name));
		help(b, d,
		     "take this line out: cases that stand there stay; or take the " STR_FMT
		     " out, and cases are moved",
		     STR_ARG(step_word(m)));
		return false;
	}
	if (!other)
		return true;
	d = fault(b, W_DEFINED_TWICE, from->span, "`" STR_FMT "` is moved twice", STR_ARG(from->s));
	help(b, d, "keep one of the two lines");
	diag_also(b->diags, d, other->span, "first moved here");
	return false;
}

/* From move to move until a step that there is; 0: the case leaves. NONE: told. */
static uint16_t end_of_way(struct moves *m, const struct ast_move *from)
{
	const struct ast_move *move = from;
	for (size_t hops = 0; hops <= m->list.n; hops++) {
		uint32_t step = map_get(&m->own->steps, move->to.s);
		if (move == from && step != MAP_NONE)
			name_used(m->b, &move->to, m->own->step_list.at[step - 1].name);
		if (step != MAP_NONE || str_eq(move->to.s, STR("none")))
			return step == MAP_NONE ? 0 : (uint16_t)step;
		const struct ast_move *next = move_of(m, move->to.s);
		if (!next) {
			uint32_t own = (uint32_t)(m->own - m->b->bodies.at);
			if (move == from) /* else told at the move that leads there */
				resolve_step(m->b, own, &move->to);
			return NONE;
		}
		move = next;
	}
	struct diag *d = fault(m->b, W_MOVE, from->span, "`" STR_FMT "` is moved in a circle",
			       STR_ARG(from->from.s));
	help(m->b, d, "let it end at a " STR_FMT " that there is, or at `none`",
	     STR_ARG(step_word(m)));
	return NONE;
}

static void lower_moves_of(struct book *b, struct moves *m, struct escalation *e)
{
	e->moves = arena_array(&b->rb->arena, m->list.n, sizeof(*e->moves));
	for (size_t i = 0; i < m->list.n; i++) {
		uint16_t to = end_of_way(m, m->list.at[i]);
		if (to != NONE)
			e->moves[e->nmoves++] = (struct step_move){m->list.at[i]->from.s, to};
	}
}

void lower_moves(struct book *b)
{
	struct body_groups groups;
	bodies_group(b, &groups);
	for (uint32_t i = 0; i < b->bodies.n; i++) {
		struct moves m = {.b = b, .own = &b->bodies.at[i]};
		const struct block *block = &b->rb->blocks[i];
		if (m.own->replaces != i || !block_has_steps(block->kind))
			continue;
		for (uint32_t at = groups.first[i]; at; at = groups.next[at - 1])
			for (const struct ast_move *mv = b->bodies.at[at - 1].decl->moves; mv;
			     mv = mv->next)
				if (fits(&m, mv))
					*vec_push(&m.list) = mv;
		if (m.list.n)
			lower_moves_of(b, &m, &b->rb->escalations[block->detail]);
		vec_release(&m.list);
	}
}
