/* SPDX-License-Identifier: Apache-2.0
 *
 * Actions: what a part brings about. Fields can be read where an event triggers the part, and not
 * in what follows a deadline.
 */
#include "grammar/lower.h"

#include "engine/base/limits.h"

struct action_place {
	struct scope *s;
	const struct known *known;
};

static void not_payable(struct scope *s, const struct ast_word *w, const struct type *t)
{
	struct buf words = {0};
	type_words(&words, s->b, t);
	struct diag *d =
	    fault(s->b, W_NOT_PAYABLE, w->span, "nothing can go to `" STR_FMT "`: it is " STR_FMT,
		  STR_ARG(w->s), STR_ARG(buf_view(&words)));
	help(s->b, d,
	     "name the case itself, a party, or a field or fact that refers to another case");
	buf_release(&words);
}

/* The field of the event that refers to a case of the kind named; NULL when there is none. */
static const struct field *field_for_kind(const struct scope *s, struct str kind)
{
	const struct rulebook *rb = s->b->rb;
	const struct event_type *e = s->event == NONE ? NULL : &rb->events[s->event];
	for (uint16_t i = 0; e && i < e->nfields; i++) {
		const struct type *t = &e->fields[i].type;
		if (t->kind == TYPE_REF && !type_is_broken(t) &&
		    str_eq(rb->kinds[t->of].name, kind))
			return &e->fields[i];
	}
	return NULL;
}

static void unknown_target(struct scope *s, const struct ast_word *w)
{
	struct book *b = s->b;
	struct suggestion near;
	if (scope_is_broken(s) || field_of_no_event(s, w))
		return;
	suggest_init(b, &near, w->s);
	for (size_t i = 0; i < b->parties.n; i++)
		suggest_try(&near, b->parties.at[i]->name.s);
	if (s->kind != NONE) {
		const struct case_kind *k = &b->rb->kinds[s->kind];
		suggest_try(&near, k->name);
		for (uint16_t i = 0; i < k->nfacts; i++)
			if (k->facts[i].type.kind == TYPE_REF)
				suggest_try(&near, k->facts[i].name);
	}
	const struct event_type *e = s->event == NONE ? NULL : &b->rb->events[s->event];
	for (uint16_t i = 0; e && i < e->nfields; i++)
		if (e->fields[i].type.kind == TYPE_REF)
			suggest_try(&near, e->fields[i].name);
	struct diag *d = fault(b, W_UNKNOWN_NAME, w->span,
			       "`" STR_FMT "` is nobody that is declared", STR_ARG(w->s));
	const struct field *field = field_for_kind(s, w->s);
	if (field)
		help(b, d, "write `" STR_FMT "`, the field that says which " STR_FMT " is meant",
		     STR_ARG(field->name), STR_ARG(w->s));
	else
		suggest_help(b, d, &near,
			     "the case itself, a party, or a field or fact that refers to another "
			     "case");
}

bool lower_target(struct scope *s, const struct ast_word *w, const struct known *known,
		  struct target *out)
{
	struct book *b = s->b;
	*out = (struct target){TARGET_NONE, NONE};
	if (!word_given(w))
		return true;
	if (s->kind != NONE && str_eq(w->s, b->rb->kinds[s->kind].name)) {
		*out = (struct target){TARGET_SELF, NONE};
		name_used(b, w, b->rb->kinds[s->kind].name);
		return true;
	}
	uint32_t party = map_get(&b->party_names, w->s);
	bool reads = name_resolves(s, w->s) && find_param(b, s->program, w->s) == NONE;
	if (party != MAP_NONE && !reads) {
		b->party_used[party] = true;
		name_used(b, w, b->parties.at[party]->name.s);
		*out = (struct target){TARGET_PARTY, (uint16_t)party};
		return true;
	}
	if (!name_resolves(s, w->s)) {
		unknown_target(s, w);
		return false;
	}
	struct texpr *t = check_name(s, w);
	if (!t)
		return false;
	if (t->type.kind != TYPE_REF) {
		not_payable(s, w, &t->type);
		return false;
	}
	check_guards(b, t, known);
	*out = (struct target){t->op == OP_FIELD ? TARGET_FIELD : TARGET_FACT, t->a};
	return true;
}

/* `52 x $251` with dates: the amount is of one instalment. */
static bool split_each(struct scope *s, const struct ast_action *a, struct texpr *amount,
		       struct action *out)
{
	const struct ast_expr *e = expr_inner(a->amount);
	bool counted = a->plan.times || a->plan.lasts.span.len;
	if (!a->plan.span.len || counted)
		return true;
	if (e->kind == EXPR_MUL && amount->op == OP_MUL) {
		/* check_arith has put the money on the left */
		const struct ast_expr *n =
		    amount->r->span.off == expr_inner(e->a)->span.off ? e->a : e->b;
		struct ast_plan plan = a->plan;
		plan.times = arena_alloc(&s->b->arena, sizeof(*n));
		*plan.times = *n;
		plan.times->next = NULL;
		out->each = true;
		return lower_plan(s, &plan, &out->plan);
	}
	struct diag *d = fault(s->b, W_TIMES, a->plan.span, "it does not say how many instalments");
	help(s->b, d,
	     "write `assess $3,000 as LINE in 12 weekly instalments` or `assess 12 x $250 as "
	     "LINE weekly`");
	return false;
}

static void lower_amount(struct action_place *p, const struct ast_action *a, struct action *out)
{
	if (!a->amount)
		return;
	struct texpr *t = check_money(p->s, a->amount);
	if (!t)
		return;
	if (t->op == OP_CONST && t->k.i < 0)
		fault(p->s->b, W_OUT_OF_RANGE, a->amount->span, "an amount is not below zero");
	check_guards(p->s->b, t, p->known);
	if (a->kind == ACTION_ASSESS && !split_each(p->s, a, t, out))
		return;
	out->amount = lower_code(p->s->b, out->each ? t->l : t);
}

static void plan_here(struct action_place *p, const struct ast_action *a, struct action *out)
{
	if (!a->plan.span.len)
		return;
	if (a->kind != ACTION_ASSESS) {
		struct diag *d = fault(p->s->b, W_MISPLACED, a->plan.span,
				       "a payment that recurs is a schedule of its own");
		help(p->s->b, d, "write `schedule NAME` with this payment, and `start NAME` here");
		return;
	}
	bool counted = a->plan.times || a->plan.lasts.span.len;
	if (counted)
		lower_plan(p->s, &a->plan, &out->plan);
}

/* Writing alone is no use. */
static uint16_t fact_to_set(struct scope *s, const struct ast_word *w)
{
	struct book *b = s->b;
	uint16_t at = fact_index(&b->rb->kinds[s->kind], w->s);
	bool used = at != NONE && b->fact_used[s->kind][at];
	uint16_t fact = resolve_fact(b, s->kind, w);
	if (fact != NONE) {
		b->fact_used[s->kind][fact] = used;
		b->fact_set[s->kind][fact] = w->span;
	}
	return fact;
}

static void lower_set(struct action_place *p, const struct ast_action *a, struct action *out)
{
	struct scope *s = p->s;
	struct book *b = s->b;
	if (s->kind == NONE)
		return;
	out->fact = fact_to_set(s, &a->name);
	if (out->fact == NONE)
		return;
	const struct fact *f = &b->rb->kinds[s->kind].facts[out->fact];
	if (!a->value) {
		if (f->optional)
			return;
		struct diag *d = fault(b, W_WRONG_TYPE, a->name.span,
				       "`" STR_FMT "` cannot become unknown", STR_ARG(a->name.s));
		help(b, d, "declare the fact `optional`, or set it to a value");
		diag_also(b->diags, d, f->span, "declared here");
		return;
	}
	struct texpr *t = check_typed(s, a->value, &f->type);
	if (!t)
		return;
	struct value v;
	if (t->op == OP_CONST && expr_inner(a->value)->kind == EXPR_LITERAL &&
	    !check_value(b, a->value, &f->type, &v))
		return;
	check_guards(b, t, p->known);
	out->value = lower_code(b, t);
}

static void lower_schedule_name(struct action_place *p, const struct ast_action *a,
				struct action *out)
{
	struct book *b = p->s->b;
	uint32_t body = resolve_block(b, p->s->program, BLOCK_SCHEDULE, &a->name);
	if (body == NO_BODY)
		return;
	const struct block *block = &b->rb->blocks[body];
	out->schedule = block->detail;
	if (block->case_kind != p->s->kind && block->case_kind != NONE && p->s->kind != NONE) {
		struct diag *d =
		    fault(b, W_NOT_OF_KIND, a->name.span,
			  "the schedule `" STR_FMT "` is for `" STR_FMT "`, not for `" STR_FMT "`",
			  STR_ARG(a->name.s), STR_ARG(b->rb->kinds[block->case_kind].name),
			  STR_ARG(b->rb->kinds[p->s->kind].name));
		help(b, d, "start a schedule of this kind of case");
		return;
	}
	if (a->kind == ACTION_START)
		*vec_push(&b->starts) = (struct start){body, p->s->body, p->s->event, a->name.span};
}

static void lower_enter(struct action_place *p, const struct ast_action *a, struct action *out)
{
	struct scope *s = p->s;
	struct book *b = s->b;
	uint32_t body = resolve_stages_with(b, s->program, s->body, &a->name);
	if (body == NO_BODY)
		return;
	const struct block *block = &b->rb->blocks[body];
	out->escalation = block->detail;
	out->step = (uint16_t)map_get(&b->bodies.at[body].steps, a->name.s);
	out->name = resolve_stage(b, &a->name);
	if (block->case_kind == s->kind || block->case_kind == NONE || s->kind == NONE)
		return;
	struct diag *d =
	    fault(b, W_NOT_OF_KIND, a->name.span,
		  "the stages `" STR_FMT "` are of `" STR_FMT "`, not of `" STR_FMT "`",
		  STR_ARG(block->name), STR_ARG(b->rb->kinds[block->case_kind].name),
		  STR_ARG(b->rb->kinds[s->kind].name));
	help(b, d, "enter a stage of this kind of case");
}

static void lower_names(struct action_place *p, const struct ast_action *a, struct action *out)
{
	struct book *b = p->s->b;
	switch (a->kind) {
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		out->name = resolve_line(b, &a->name);
		return;
	case ACTION_REQUIRE:
		out->name = resolve_requirement(b, &a->name);
		return;
	case ACTION_ORDER:
		out->name = resolve_order(b, &a->name);
		return;
	case ACTION_START:
	case ACTION_STOP:
		lower_schedule_name(p, a, out);
		return;
	case ACTION_SET:
		lower_set(p, a, out);
		return;
	case ACTION_ENTER:
		lower_enter(p, a, out);
		return;
	case ACTION_PLACE:
		out->urgent = a->urgent;
		out->name = resolve_docket(b, p->s->kind, &a->name);
		return;
	case ACTION_ENROL:
	case ACTION_RELEASE:
		out->name = resolve_capacity(b, p->s->kind, &a->name);
		return;
	case ACTION_PAY:
	case ACTION_REFER:
	case ACTION_NOTIFY:
		lower_target(p->s, &a->to, p->known, &out->to);
		return;
	case ACTION_DENY:
	case ACTION_BROKEN:
		return;
	}
}

static struct action *lower_list(struct action_place *p, const struct ast_action *list,
				 uint16_t *n);

static void lower_answer(struct action_place *p, const struct ast_action *a, struct action *out)
{
	struct book *b = p->s->b;
	if (word_given(&a->answered_by)) {
		out->answered_by = resolve_event(b, &a->answered_by);
		if (out->answered_by != NONE)
			event_reaches(b, out->answered_by, p->s->kind, &a->answered_by);
	}
	if (!a->otherwise)
		return;
	struct scope later = *p->s;
	later.event = NONE;
	later.no_event = "what follows `otherwise` comes with a deadline, which has no fields";
	struct action_place inner = {&later, NULL};
	out->otherwise = lower_list(&inner, a->otherwise, &out->notherwise);
}

static void lower_one(struct action_place *p, const struct ast_action *a, struct action *out)
{
	struct book *b = p->s->b;
	*out = (struct action){.kind = a->kind, .may = a->may, .span = a->span, .text = a->text.s};
	out->fund = out->name = out->answered_by = out->fact = out->schedule = NONE;
	out->escalation = NONE;
	out->within = (struct period){UNIT_DAYS, -1, NONE};
	plan_here(p, a, out);
	lower_amount(p, a, out);
	lower_names(p, a, out);
	if (word_given(&a->fund))
		out->fund = resolve_fund(b, &a->fund);
	lower_period(p->s, &a->within, &out->within);
	lower_answer(p, a, out);
}

static bool within_budget(struct book *b, size_t more, const struct ast_action *list)
{
	b->nactions += more;
	if (b->nactions <= LIMIT_ACTIONS)
		return true;
	if (!b->too_many_actions)
		help(b,
		     fault(b, W_TOO_MANY, list->span,
			   "there are more than %u actions, counted for each event", LIMIT_ACTIONS),
		     "name fewer events in one trigger, or split the rulebook");
	b->too_many_actions = true;
	return false;
}

static struct action *lower_list(struct action_place *p, const struct ast_action *list, uint16_t *n)
{
	struct book *b = p->s->b;
	uint16_t count = 0;
	*n = 0;
	for (const struct ast_action *a = list; a; a = a->next)
		if (resolve_room(b, count, LIMIT_OUTCOMES, a->span, "actions in one place"))
			count++;
	if (!within_budget(b, count, list))
		return NULL;
	struct action *at = arena_array(&b->rb->arena, count, sizeof(*at));
	for (const struct ast_action *a = list; a && *n < count; a = a->next)
		lower_one(p, a, &at[(*n)++]);
	return at;
}

struct action *lower_actions(struct scope *s, const struct ast_action *list,
			     const struct known *known, uint16_t *n)
{
	struct action_place p = {s, known};
	return lower_list(&p, list, n);
}
