/* SPDX-License-Identifier: Apache-2.0
 *
 * The bodies of stipends, fines and rules, and what does not belong into a body.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

struct part_maker part_maker_of(struct book *b, uint32_t body, enum part_role role)
{
	const struct body *of = &b->bodies.at[body];
	struct part_maker m = {.block = body, .role = role};
	m.scope = (struct scope){.b = b, .program = of->program, .event = NONE, .body = body};
	m.scope.kind = b->rb->blocks[body].case_kind;
	m.span = of->decl->span;
	m.escalation = m.schedule = NONE;
	return m;
}

/* ---- structure ---- */

static void lacks(struct book *b, const struct ast_decl *d, int code, const char *what,
		  const char *advice)
{
	struct diag *g = fault(b, code, d->span, "the " STR_FMT " `" STR_FMT "` has no %s",
			       STR_ARG(block_kind_name(d->block)), STR_ARG(d->name.s), what);
	help(b, g, "%s", advice);
}

static void check_parts(struct book *b, const struct ast_decl *d)
{
	if (block_has_steps(d->block) || d->block == BLOCK_SCHEDULE || d->broken)
		return;
	bool only_overrides = d->overrides && !d->body.actions && !d->sections;
	if (!d->body.triggers && (word_given(&d->of) || d->overrides) && !only_overrides)
		lacks(b, d, W_NO_TRIGGER, "trigger", "add `on EVENT`: what makes it apply?");
	if (!d->body.actions && !d->sections && !d->overrides)
		lacks(b, d, W_NO_ACTION, "action",
		      "add what happens, such as `pay $100 to survivor` or `refer to PARTY`");
}

/* ---- stipends ---- */

static void lower_limit(struct book *b, uint32_t body, const struct ast_limit *l, struct limit *out)
{
	struct part_maker m = part_maker_of(b, body, PART_PLAIN);
	m.scope.no_event = "a limit is over many events and reads the fields of none";
	struct texpr *t = check_expr(&m.scope, l->most);
	*out = (struct limit){.index = b->rb->nlimits++, .per_case = l->per_case, .per = l->per};
	out->span = l->span;
	if (!t)
		return;
	out->is_money = t->type.kind == TYPE_MONEY;
	if (!out->is_money && t->type.kind != TYPE_NUMBER) {
		struct buf words = {0};
		type_words(&words, b, &t->type);
		struct diag *d =
		    fault(b, W_WRONG_TYPE, l->most->span,
			  "`" STR_FMT "` is " STR_FMT ", but a limit is a number or money",
			  STR_ARG(span_text(b, l->most->span)), STR_ARG(buf_view(&words)));
		help(b, d, "write `at most 1 per day` or `at most $500 per year`");
		buf_release(&words);
		return;
	}
	check_guards(b, t, NULL);
	out->most = lower_code(b, t);
}

/* A case remembers what is used up by what the limit counts, so there is one of each kind. */
static void check_limit_twice(struct book *b, const struct block *block)
{
	const struct limit *last = &block->limits[block->nlimits - 1];
	uint16_t first = block_limit_like(block, last);
	struct buf kind = {0};
	if (!last->most.n || !block->limits[first].most.n || &block->limits[first] == last)
		return;
	limit_words(&kind, last);
	struct diag *d =
	    fault(b, W_TWICE, last->span, "a limit of " STR_FMT " stands here for the second time",
		  STR_ARG(buf_view(&kind)));
	if (d)
		diag_also(b->diags, d, block->limits[first].span, "first here");
	help(b, d, "keep the lower one: both would have to be kept to");
	buf_release(&kind);
}

/* Paid is all that the event brings, or nothing. */
static void check_limit_low(struct book *b, const struct ast_decl *d, const struct limit *l)
{
	int64_t pays = 0;
	if (l->is_money || l->most.n != 1 || l->most.at[0].op != OP_CONST)
		return;
	for (const struct ast_action *a = d->body.actions; a; a = a->next)
		pays += a->kind == ACTION_PAY && !a->may;
	if (pays <= 1 || pays <= l->most.at[0].k.i)
		return;
	struct diag *g = fault(b, W_LIMIT_LOW, l->span,
			       "one event would bring %lld payments, and `" STR_FMT
			       "` leaves room for none then",
			       (long long)pays, STR_ARG(span_text(b, l->span)));
	help(b, g,
	     "write `at most %lld`, or a stipend of its own for each payment that is limited "
	     "by itself",
	     (long long)pays);
}

void lower_limits(struct book *b, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	struct block *block = &b->rb->blocks[body];
	uint16_t n = 0;
	for (const struct ast_limit *l = d->limits; l; l = l->next)
		if (resolve_room(b, b->rb->nlimits + (size_t)n, NONE - 1u, l->span, "limits"))
			n++;
	block->limits = arena_array(&b->rb->arena, n, sizeof(*block->limits));
	for (const struct ast_limit *l = d->limits; l && block->nlimits < n; l = l->next) {
		lower_limit(b, body, l, &block->limits[block->nlimits++]);
		check_limit_twice(b, block);
		check_limit_low(b, d, &block->limits[block->nlimits - 1]);
	}
}

/* ---- fines ---- */

static void check_tiers(struct book *b, const struct ast_decl *d)
{
	struct map seen = {0};
	if (d->sections && d->body.actions) {
		struct diag *g = fault(b, W_TIERS, d->body.actions->span,
				       "this fine has tiers and actions beside them");
		help(b, g, "put the action into a tier, or into a rule of its own");
		diag_also(b->diags, g, d->sections->span, "the first tier");
	}
	for (const struct ast_section *s = d->sections; s; s = s->next) {
		if (!map_put(&seen, s->name.s, 0)) {
			struct diag *g =
			    fault(b, W_TIERS, s->span, "tier " STR_FMT " is defined twice",
				  STR_ARG(s->name.s));
			help(b, g, "give each tier a number of its own");
		}
		if (!s->actions && !d->broken) {
			struct diag *g =
			    fault(b, W_NO_ACTION, s->span, "tier " STR_FMT " has no action",
				  STR_ARG(s->name.s));
			help(b, g, "add what happens, such as `assess $100 as LINE`");
		}
		if (s->triggers) {
			struct diag *g = fault(b, W_MISPLACED, s->triggers->span,
					       "a tier has no trigger of its own");
			help(b, g, "write `on EVENT` once, above the tiers");
		}
	}
	map_release(&seen);
}

static struct str label(struct book *b, const char *what, struct str name)
{
	struct buf t = {0};
	buf_fmt(&t, "%s " STR_FMT, what, STR_ARG(name));
	struct str s = arena_str(&b->rb->arena, buf_view(&t));
	buf_release(&t);
	return s;
}

static void lower_tiers(struct book *b, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	check_tiers(b, d);
	struct part_maker alone = part_maker_of(b, body, PART_TIER);
	for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
		lower_tier_trigger(&alone, t);
	for (const struct ast_section *s = d->sections; s; s = s->next) {
		struct part_maker m = part_maker_of(b, body, PART_TIER);
		m.label = label(b, "tier", s->name.s);
		m.cite = s->cite.s;
		m.span = s->span;
		m.when = s->when;
		m.actions = s->actions;
		for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
			lower_trigger(&m, t);
	}
}

static void lower_plain(struct book *b, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	struct part_maker m = part_maker_of(b, body, PART_PLAIN);
	m.actions = d->body.actions;
	for (const struct ast_trigger *t = d->body.triggers; t; t = t->next)
		lower_trigger(&m, t);
}

/* ---- all ---- */

static void lower_one(struct book *b, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	struct block *block = &b->rb->blocks[body];
	block->first_part = (uint32_t)b->parts.n;
	if (d->kind == AST_NEVER) {
		lower_never(b, body);
		block->nparts = (uint16_t)(b->parts.n - block->first_part);
		return;
	}
	if (d->block == BLOCK_TABLE) /* see lower_tables */
		return;
	if (d->block == BLOCK_SHARE) {
		lower_share(b, body);
		return;
	}
	check_parts(b, d);
	if (b->bodies.at[body].broken)
		return;
	lower_limits(b, body);
	if (d->block == BLOCK_SCHEDULE)
		lower_schedule(b, body);
	else if (block_has_steps(d->block))
		lower_escalation(b, body);
	else if (d->block == BLOCK_FINE && d->sections)
		lower_tiers(b, body);
	else
		lower_plain(b, body);
	size_t n = b->parts.n - block->first_part;
	block->nparts = (uint16_t)n;
}

void lower_bodies(struct book *b)
{
	struct rulebook *rb = b->rb;
	for (uint32_t i = 0; i < rb->nblocks; i++)
		lower_one(b, i);
	rb->nparts = (uint32_t)b->parts.n;
	rb->parts = arena_array(&rb->arena, b->parts.n, sizeof(*rb->parts));
	if (b->parts.n)
		memcpy(rb->parts, b->parts.at, b->parts.n * sizeof(*rb->parts));
	lower_variants(b);
	lower_moves(b);
	check_share_names(b);
}
