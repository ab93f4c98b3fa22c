/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scenario expects. What an expectation does not state is not compared.
 */
#include "grammar/lower_scene.h"

#include "engine/base/limits.h"

static bool constant_money(struct book *b, const struct ast_expr *e, int64_t *cents)
{
	struct type money = {.kind = TYPE_MONEY};
	struct value v;
	if (!check_value(b, e, &money, &v))
		return false;
	*cents = v.i;
	return true;
}

static bool has_fact(struct scene *s, uint16_t given, const struct ast_expect *e)
{
	return fact_index(&s->b->rb->kinds[s->out->given[given].kind], e->name.s) != NONE;
}

static void suggest_facts(struct scene *s, struct suggestion *near)
{
	for (uint16_t i = 0; i < s->out->ngiven; i++) {
		if (s->out->given[i].kind == NONE)
			continue;
		const struct case_kind *k = &s->b->rb->kinds[s->out->given[i].kind];
		for (uint16_t f = 0; f < k->nfacts; f++)
			suggest_try(near, k->facts[f].name);
	}
}

static bool says_unknown(const struct ast_expr *e)
{
	return e->kind == EXPR_UNKNOWN && !e->a;
}

/* Whose fact, step or balance: as stated, else of the latest event, else the only one that fits. */
static uint16_t whose(struct scene *s, const struct ast_expect *e,
		      bool (*fits)(struct scene *, uint16_t given, const struct ast_expect *))
{
	if (word_given(&e->whose))
		return scene_given(s, &e->whose);
	if (s->subject != NONE && fits(s, s->subject, e))
		return s->subject;
	uint16_t found = NONE, n = 0;
	for (uint16_t i = 0; i < s->out->ngiven; i++)
		if (s->out->given[i].kind != NONE && fits(s, i, e)) {
			found = i;
			n++;
		}
	if (n == 1)
		return found;
	if (!n && !scene_is_whole(s))
		return NONE;
	struct suggestion near;
	suggest_init(s->b, &near, e->name.s);
	if (fits == has_fact)
		suggest_facts(s, &near);
	struct diag *d =
	    fault(s->b, W_WHOSE, e->span,
		  n ? "it is not clear whose case is meant" : "no given case has this");
	if (!n && near.best.len)
		help(s->b, d, "did you mean `" STR_FMT "`?", STR_ARG(near.best));
	else
		help(s->b, d,
		     n ? "add `for NAME`, or `by NAME` to `owed`"
		       : "check the name, or add `given KIND`");
	return NONE;
}

static bool any_case(struct scene *s, uint16_t given, const struct ast_expect *e)
{
	(void)s, (void)given, (void)e;
	return true;
}

/* An escalation, or stages. */
static uint32_t scene_steps(struct scene *s, struct str name)
{
	uint32_t block = scene_block(s, BLOCK_ESCALATION, name);
	return block == NO_BODY ? scene_block(s, BLOCK_STAGES, name) : block;
}

static bool has_steps(struct scene *s, uint16_t given, const struct ast_expect *e)
{
	uint32_t block = scene_steps(s, e->name.s);
	return block != NO_BODY && s->b->rb->blocks[block].case_kind == s->out->given[given].kind;
}

static bool expect_fact(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	out->kind = EXPECT_FACT;
	out->given = whose(s, e, has_fact);
	if (out->given == NONE || s->out->given[out->given].kind == NONE)
		return false;
	uint16_t kind = s->out->given[out->given].kind;
	out->fact = resolve_fact(s->b, kind, &e->name);
	if (out->fact == NONE)
		return false;
	const struct type *t = &s->b->rb->kinds[kind].facts[out->fact].type;
	if (e->value && !says_unknown(e->value))
		return scene_value(s, e->value, t, &out->value);
	out->value = value_missing(t->kind); /* `is unknown` */
	return true;
}

static uint32_t named_block(struct scene *s, enum block_kind kind, const struct ast_word *w)
{
	uint32_t at = scene_block(s, kind, w->s);
	if (at != NO_BODY) {
		name_used(s->b, w, s->b->bodies.at[at].name);
		return at;
	}
	struct suggestion near;
	suggest_init(s->b, &near, w->s);
	for (uint32_t i = 0; i < s->b->rb->nblocks; i++)
		if (s->b->rb->blocks[i].kind == kind)
			suggest_try(&near, s->b->rb->blocks[i].name);
	struct diag *d =
	    fault(s->b, W_UNKNOWN_NAME, w->span, "there is no " STR_FMT " `" STR_FMT "`",
		  STR_ARG(block_kind_name(kind)), STR_ARG(w->s));
	suggest_help(s->b, d, &near, block_needed(kind));
	return NO_BODY;
}

static bool expect_step(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	out->kind = EXPECT_STEP;
	uint32_t block = scene_steps(s, e->name.s);
	if (block == NO_BODY)
		block = named_block(s, BLOCK_ESCALATION, &e->name);
	if (block == NO_BODY)
		return false;
	name_used(s->b, &e->name, s->b->bodies.at[block].name);
	out->given = whose(s, e, has_steps);
	out->escalation = s->b->rb->blocks[block].detail;
	out->step = 0;
	if (!str_eq(e->step.s, STR("none"))) {
		out->step = resolve_step(s->b, block, &e->step);
		if (!out->step)
			return false;
	}
	return out->given != NONE;
}

/* ---- outcomes ---- */

/* A party, a given case, or the kind of the one given case of that kind. */
static bool expect_to(struct scene *s, const struct ast_word *w, struct expect *out)
{
	struct book *b = s->b;
	if (!word_given(w))
		return true;
	out->to = w->s;
	uint32_t id = map_get(&s->ids, w->s);
	if (id != MAP_NONE) {
		name_used(b, w, s->out->given[id].id);
		return true;
	}
	uint32_t kind = map_get(&b->rb->kind_names, w->s);
	uint16_t n = 0;
	for (uint16_t i = 0; kind != MAP_NONE && i < s->out->ngiven; i++)
		if (s->out->given[i].kind == kind) {
			out->to = s->out->given[i].id;
			n++;
		}
	if (n == 1) {
		name_used(b, w, out->to);
		return true;
	}
	uint32_t party = map_get(&b->party_names, w->s);
	if (party != MAP_NONE) {
		b->party_used[party] = true;
		name_used(b, w, b->parties.at[party]->name.s);
		return true;
	}
	struct suggestion near;
	suggest_init(b, &near, w->s);
	for (size_t i = 0; i < b->parties.n; i++)
		suggest_try(&near, b->parties.at[i]->name.s);
	for (uint16_t i = 0; i < s->out->ngiven; i++)
		suggest_try(&near, s->out->given[i].id);
	struct diag *d = fault(b, W_UNKNOWN_NAME, w->span,
			       "`" STR_FMT "` is no party and no given case", STR_ARG(w->s));
	suggest_help(b, d, &near, "a party or the name of a given case");
	return false;
}

static bool expect_set(struct scene *s, const struct ast_expect *e, const struct ast_action *a,
		       struct expect *out)
{
	struct ast_expect fact = {.name = a->name, .whose = e->whose, .span = e->span};
	if (!word_given(&a->name))
		return true;
	uint16_t given = whose(s, &fact, has_fact);
	if (given == NONE || s->out->given[given].kind == NONE)
		return false;
	uint16_t kind = s->out->given[given].kind;
	out->given = given;
	out->fact = resolve_fact(s->b, kind, &a->name);
	if (out->fact == NONE)
		return false;
	const struct type *t = &s->b->rb->kinds[kind].facts[out->fact].type;
	out->value = value_missing(t->kind);
	if (!a->value || says_unknown(a->value))
		return true;
	return scene_value(s, a->value, t, &out->value);
}

static bool expect_name(struct scene *s, const struct ast_expect *e, const struct ast_action *a,
			struct expect *out)
{
	struct book *b = s->b;
	uint32_t block;
	if (a->kind == ACTION_SET)
		return expect_set(s, e, a, out);
	if (!word_given(&a->name))
		return true;
	switch (a->kind) {
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		out->name = resolve_line(b, &a->name);
		return out->name != NONE;
	case ACTION_REQUIRE:
		out->name = resolve_requirement(b, &a->name);
		return out->name != NONE;
	case ACTION_ORDER:
		out->name = resolve_order(b, &a->name);
		return out->name != NONE;
	case ACTION_PLACE:
		out->name = resolve_docket(b, NONE, &a->name);
		return out->name != NONE;
	case ACTION_ENROL:
	case ACTION_RELEASE:
		out->name = resolve_capacity(b, NONE, &a->name);
		return out->name != NONE;
	case ACTION_ENTER:
		out->name = resolve_stage(b, &a->name);
		return out->name != NONE;
	case ACTION_START:
	case ACTION_STOP:
		block = named_block(s, BLOCK_SCHEDULE, &a->name);
		out->schedule = block == NO_BODY ? NONE : b->rb->blocks[block].detail;
		return block != NO_BODY;
	case ACTION_PAY:
	case ACTION_REFER:
	case ACTION_NOTIFY:
	case ACTION_SET:
	case ACTION_DENY:
	case ACTION_BROKEN:
		break;
	}
	return true;
}

static bool expect_times(struct book *b, const struct ast_expect *e, const struct ast_action *a,
			 struct expect *out)
{
	int64_t n = e->times;
	struct type number = {.kind = TYPE_NUMBER, .has_range = true, .min = 1, .max = LIMIT_TIMES};
	struct value v;
	if (a->plan.times) {
		if (!check_value(b, a->plan.times, &number, &v))
			return false;
		n = v.i;
	}
	if (n < 0 || n > LIMIT_TIMES) {
		fault(b, W_TIMES, e->span, "there must be 1 to %u of them", LIMIT_TIMES);
		return false;
	}
	out->times = (int32_t)n;
	return true;
}

static bool expect_outcome(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	const struct ast_action *a = e->action;
	struct book *b = s->b;
	out->kind = EXPECT_OUTCOME;
	out->no = e->no;
	out->action = a->kind;
	out->may = a->may;
	out->unfunded = a->unfunded;
	out->taken_back = a->taken_back;
	out->urgent = a->urgent;
	out->waiting = a->waiting;
	out->text = a->text.s;
	bool fine = expect_name(s, e, a, out);
	fine = expect_to(s, &a->to, out) && fine;
	fine = expect_times(b, e, a, out) && fine;
	if (a->amount) {
		out->has_amount = true;
		fine = constant_money(b, a->amount, &out->cents) && fine;
	}
	if (word_given(&a->fund)) {
		out->fund = resolve_fund(b, &a->fund);
		fine = out->fund != NONE && fine;
	}
	if (e->due_stated)
		out->due = e->due;
	return fine;
}

static bool expect_owed(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	out->kind = EXPECT_OWED;
	out->has_amount = true;
	out->given = whose(s, e, any_case);
	return e->amount && constant_money(s->b, e->amount, &out->cents) && out->given != NONE;
}

static bool expect_left(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	out->kind = EXPECT_LEFT;
	out->fund = resolve_fund(s->b, &e->name);
	return out->fund != NONE && fund_is_limited(s->b, out->fund, &e->name) &&
	       constant_money(s->b, e->amount, &out->cents);
}

static bool has_share(struct scene *s, uint16_t given, const struct ast_expect *e)
{
	uint32_t block = scene_block(s, BLOCK_SHARE, e->name.s);
	return block != NO_BODY && s->b->rb->blocks[block].case_kind == s->out->given[given].kind;
}

static bool expect_share(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	out->kind = EXPECT_SHARE;
	out->no = e->no;
	uint32_t block = named_block(s, BLOCK_SHARE, &e->name);
	uint16_t partner = scene_given(s, &e->step);
	if (block == NO_BODY || partner == NONE)
		return false;
	out->given = whose(s, e, has_share);
	out->text = e->name.s;
	out->to = s->out->given[partner].id;
	return out->given != NONE;
}

bool lower_expect(struct scene *s, const struct ast_expect *e, struct expect *out)
{
	*out = (struct expect){.span = e->span, .fund = NONE, .name = NONE, .schedule = NONE};
	out->due = DAY_NONE;
	out->given = out->fact = out->escalation = NONE;
	switch (e->form) {
	case FORM_NOTHING:
		out->kind = EXPECT_NOTHING;
		return true;
	case FORM_ACTION:
		return e->action && expect_outcome(s, e, out);
	case FORM_OWED:
		return expect_owed(s, e, out);
	case FORM_LEFT:
		return expect_left(s, e, out);
	case FORM_FACT:
		return expect_fact(s, e, out);
	case FORM_STEP:
		return expect_step(s, e, out);
	case FORM_SHARE:
		return expect_share(s, e, out);
	case FORM_REFUSED:
		out->kind = EXPECT_REFUSED;
		out->text = e->text.s;
		return true;
	case FORM_AMONG_OTHERS:
	case FORM_PAID_FROM: /* of projections */
	case FORM_PAID_UNDER:
	case FORM_PAID_BY:
	case FORM_ASSESSED_AS:
	case FORM_UNFUNDED:
	case FORM_COUNT:
		break;
	}
	return false;
}
