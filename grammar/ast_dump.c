/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/ast_dump.h"

/* ---- small pieces ---- */

static void indent(struct buf *out, unsigned depth)
{
	buf_pad(out, ' ', depth * 2);
}

static void word(struct buf *out, const char *label, struct ast_word w)
{
	if (!w.span.len)
		return;
	buf_fmt(out, " %s=", label);
	buf_str(out, w.s);
}

static void text(struct buf *out, const char *label, struct ast_word w)
{
	if (!w.span.len)
		return;
	buf_fmt(out, " %s=", label);
	buf_json(out, w.s);
}

static void words(struct buf *out, const char *label, const struct ast_word *list)
{
	if (!list)
		return;
	buf_fmt(out, " %s=(", label);
	for (const struct ast_word *w = list; w; w = w->next)
		buf_fmt(out, "%s" STR_FMT, w == list ? "" : " ", STR_ARG(w->s));
	buf_char(out, ')');
}

static void flag(struct buf *out, const char *name, bool set)
{
	if (set)
		buf_fmt(out, " %s", name);
}

static void day(struct buf *out, const char *label, int32_t d)
{
	if (d == DAY_MIN || d == DAY_NONE)
		return;
	buf_fmt(out, " %s=", label);
	day_text(out, d);
}

static void period(struct buf *out, const char *label, const struct ast_period *p)
{
	if (!p->span.len)
		return;
	buf_fmt(out, " %s=", label);
	if (p->param.span.len)
		buf_str(out, p->param.s);
	else
		buf_fmt(out, "%lld:" STR_FMT, (long long)p->n, STR_ARG(unit_name(p->unit, true)));
}

/* ---- expressions ---- */

static const char *const expr_names[] = {
    [EXPR_LITERAL] = "literal",
    [EXPR_NAME] = "name",
    [EXPR_MEMBER] = "member",
    [EXPR_COUNT] = "count",
    [EXPR_COUNT_IN] = "count-in",
    [EXPR_DAYS_SINCE] = "days-since",
    [EXPR_PAID_UNDER] = "paid-under",
    [EXPR_STEP] = "step-of",
    [EXPR_STAGE] = "stage-of",
    [EXPR_PLACED] = "placed-on",
    [EXPR_ENROLLED] = "enrolled-in",
    [EXPR_WAITING] = "waiting-for",
    [EXPR_BALANCE] = "balance-owed",
    [EXPR_TODAY] = "today",
    [EXPR_NOT] = "not",
    [EXPR_AND] = "and",
    [EXPR_OR] = "or",
    [EXPR_EQ] = "=",
    [EXPR_NE] = "is-not",
    [EXPR_LT] = "<",
    [EXPR_LE] = "<=",
    [EXPR_GT] = ">",
    [EXPR_GE] = ">=",
    [EXPR_KNOWN] = "known",
    [EXPR_UNKNOWN] = "unknown",
    [EXPR_OR_UNKNOWN] = "or-unknown",
    [EXPR_ONE_OF] = "one-of",
    [EXPR_NOT_ONE_OF] = "not-one-of",
    [EXPR_ADD] = "+",
    [EXPR_SUB] = "-",
    [EXPR_MUL] = "x",
    [EXPR_DIV] = "/",
    [EXPR_PERCENT_OF] = "percent-of",
    [EXPR_FOR_EACH] = "for-each",
    [EXPR_UNITS] = "units",
    [EXPR_LESSER] = "lesser",
    [EXPR_GREATER] = "greater",
    [EXPR_PAREN] = "paren",
    [EXPR_BETWEEN] = "between",
};

static void rounding(struct buf *out, enum rounding how)
{
	switch (how) {
	case ROUND_EXACT:
		return;
	case ROUND_UP:
		buf_c(out, " up");
		return;
	case ROUND_DOWN:
		buf_c(out, " down");
		return;
	case ROUND_HALF_UP:
		buf_c(out, " half-up");
		return;
	case ROUND_HALF_EVEN:
		buf_c(out, " half-even");
		return;
	}
}

static void literal(struct buf *out, const struct ast_expr *e)
{
	if (e->value.kind == TYPE_TEXT)
		buf_json(out, value_as_str(e->value));
	else
		value_text(out, e->value);
	if (e->weeks)
		buf_c(out, ":weeks");
}

void ast_dump_expr(struct buf *out, const struct ast_expr *e)
{
	if (e->kind == EXPR_LITERAL) {
		literal(out, e);
		return;
	}
	if (e->kind == EXPR_NAME) {
		buf_str(out, e->word.s);
		return;
	}
	buf_fmt(out, "(%s", expr_names[e->kind]);
	if (e->word.span.len)
		buf_fmt(out, " " STR_FMT, STR_ARG(e->word.s));
	if (e->word2.span.len)
		buf_fmt(out, " " STR_FMT, STR_ARG(e->word2.s));
	const struct ast_expr *parts[] = {e->a, e->b};
	for (size_t i = 0; i < 2; i++) {
		if (!parts[i])
			continue;
		buf_char(out, ' ');
		ast_dump_expr(out, parts[i]);
	}
	for (const struct ast_expr *o = e->list; o; o = o->next) {
		buf_char(out, ' ');
		ast_dump_expr(out, o);
	}
	rounding(out, e->rounding);
	buf_char(out, ')');
}

static void expr(struct buf *out, const char *label, const struct ast_expr *e)
{
	if (!e)
		return;
	buf_fmt(out, " %s=", label);
	ast_dump_expr(out, e);
}

/* ---- clauses ---- */

static const char *verb_name(enum action_kind kind)
{
#define X(constant, verb, outcome) verb,
	static const char *const verbs[] = {ACTION_KINDS(X)};
#undef X
	return verbs[kind];
}

static const char *block_name(enum block_kind kind)
{
#define X(constant, name) name,
	static const char *const names[] = {BLOCK_KINDS(X)};
#undef X
	return names[kind];
}

static const char *type_name(enum type_kind kind)
{
#define X(constant, name) name,
	static const char *const names[] = {TYPE_KINDS(X)};
#undef X
	return names[kind];
}

static void plan(struct buf *out, const struct ast_plan *p)
{
	static const char *const anchors[] = {
	    [ANCHOR_AFTER_STEP] = "",
	    [ANCHOR_SAME_DAY] = " start=same-day",
	    [ANCHOR_NEXT_DAY] = " start=next-day",
	    [ANCHOR_NEXT_MONTH] = " start=next-month",
	    [ANCHOR_AFTER_PERIOD] = " start=after",
	};
	if (!p->span.len)
		return;
	if (p->has_interval)
		buf_fmt(out, " every=%lld:" STR_FMT, (long long)p->every,
			STR_ARG(unit_name(p->unit, true)));
	expr(out, "times", p->times);
	period(out, "lasts", &p->lasts);
	buf_c(out, anchors[p->anchor]);
	period(out, "after", &p->anchor_period);
	if (p->remainder_stated)
		buf_c(out, p->remainder_in_last ? " remainder=last" : " remainder=first");
}

static void action(struct buf *out, unsigned depth, const char *role, const struct ast_action *a)
{
	indent(out, depth);
	buf_fmt(out, "%s%s%s %s", role,
		a->taken_back ? " taken-back"
		: a->unfunded ? " unfunded"
		: a->waiting  ? " waiting"
			      : "",
		a->may ? " may" : "", verb_name(a->kind));
	word(out, "name", a->name);
	expr(out, "amount", a->amount);
	word(out, "to", a->to);
	expr(out, "value", a->value);
	word(out, "fund", a->fund);
	plan(out, &a->plan);
	word(out, "answered-by", a->answered_by);
	period(out, "within", &a->within);
	flag(out, "urgent", a->urgent);
	text(out, "text", a->text);
	buf_char(out, '\n');
	for (const struct ast_action *o = a->otherwise; o; o = o->next)
		action(out, depth + 1, "otherwise", o);
}

static void triggers(struct buf *out, unsigned depth, const char *role,
		     const struct ast_trigger *list)
{
	for (const struct ast_trigger *t = list; t; t = t->next) {
		indent(out, depth);
		buf_c(out, t->absence ? "absence" : role);
		words(out, "events", t->events);
		if (t->ordinal)
			buf_fmt(out, " ordinal=%lld", (long long)t->ordinal);
		expr(out, "when", t->when);
		period(out, "within", &t->within);
		buf_char(out, '\n');
	}
}

static void section_body(struct buf *out, unsigned depth, const struct ast_section *s)
{
	triggers(out, depth, "on", s->triggers);
	for (const struct ast_action *a = s->actions; a; a = a->next)
		action(out, depth, "do", a);
}

static void section(struct buf *out, unsigned depth, const struct ast_section *s)
{
	indent(out, depth);
	buf_fmt(out, "section " STR_FMT, STR_ARG(s->name.s));
	words(out, "after", s->after);
	expr(out, "when", s->when);
	text(out, "title", s->title);
	text(out, "cite", s->cite);
	buf_char(out, '\n');
	section_body(out, depth + 1, s);
}

static void limits(struct buf *out, unsigned depth, const struct ast_limit *list)
{
	for (const struct ast_limit *l = list; l; l = l->next) {
		indent(out, depth);
		buf_c(out, "limit");
		expr(out, "most", l->most);
		buf_fmt(out, " per=" STR_FMT "\n",
			STR_ARG(l->per_case ? STR("case") : unit_name(l->per, false)));
	}
}

static void row(struct buf *out, unsigned depth, const struct ast_row *r)
{
	static const char *const kinds[] = {
	    [OPTION_VALUE] = "value",     [OPTION_RANGE] = "range",
	    [OPTION_UNDER] = "under",     [OPTION_OVER] = "over",
	    [OPTION_OR_MORE] = "or-more", [OPTION_OR_LESS] = "or-less",
	    [OPTION_UNKNOWN] = "unknown",
	};
	indent(out, depth);
	buf_c(out, "row");
	for (const struct ast_cell *c = r->cells; c; c = c->next) {
		buf_c(out, " |");
		word(out, "output", c->output);
		for (const struct ast_option *o = c->options; o; o = o->next) {
			buf_fmt(out, " %s", kinds[o->kind]);
			expr(out, "a", o->a);
			expr(out, "b", o->b);
		}
	}
	buf_char(out, '\n');
}

static void clauses(struct buf *out, unsigned depth, const struct ast_decl *d)
{
	for (const struct ast_row *r = d->rows; r; r = r->next)
		row(out, depth, r);
	section_body(out, depth, &d->body);
	for (const struct ast_section *s = d->sections; s; s = s->next)
		section(out, depth, s);
	limits(out, depth, d->limits);
	if (d->holds) {
		indent(out, depth);
		buf_c(out, "holds");
		expr(out, "while", d->holds);
		buf_char(out, '\n');
	}
	if (d->block == BLOCK_SHARE) {
		indent(out, depth);
		buf_c(out, "share");
		word(out, "with", d->with);
		words(out, "show", d->show);
		word(out, "needs", d->needs);
		period(out, "for", &d->needs_for);
		expr(out, "when", d->when);
		buf_char(out, '\n');
	}
	for (const struct ast_move *m = d->moves; m; m = m->next) {
		indent(out, depth);
		buf_c(out, "move");
		word(out, "from", m->from);
		word(out, "to", m->to);
		buf_char(out, '\n');
	}
	if (d->also_running.len) {
		indent(out, depth);
		buf_c(out, "also-running\n");
	}
	if (d->overrides) {
		indent(out, depth);
		buf_c(out, "overrides");
		words(out, "blocks", d->overrides);
		expr(out, "when", d->overrides_when);
		buf_char(out, '\n');
	}
	triggers(out, depth, "stops", d->stops);
	triggers(out, depth, "ends", d->ends);
	if (d->said.len) {
		indent(out, depth);
		buf_c(out, d->block == BLOCK_FINE ? "otherwise nothing\n" : "ends never\n");
	}
}

/* ---- vocabulary and values ---- */

static void type(struct buf *out, const struct ast_type *t)
{
	buf_fmt(out, " type=%s", type_name(t->kind));
	word(out, "of", t->of);
	words(out, "choices", t->choices);
	expr(out, "min", t->min);
	expr(out, "max", t->max);
}

static void slots(struct buf *out, const struct ast_slot *list)
{
	for (const struct ast_slot *s = list; s; s = s->next) {
		buf_fmt(out, "  slot " STR_FMT, STR_ARG(s->name.s));
		type(out, &s->type);
		flag(out, "optional", s->optional);
		flag(out, "confidential", s->confidential);
		flag(out, "consent", s->consent.len);
		expr(out, "default", s->initial);
		text(out, "title", s->title);
		buf_char(out, '\n');
	}
}

static void values(struct buf *out, const struct ast_dated *list)
{
	for (const struct ast_dated *v = list; v; v = v->next) {
		buf_c(out, "  value ");
		ast_dump_expr(out, v->value);
		day(out, "from", v->from);
		text(out, "cite", v->cite);
		text(out, "placeholder", v->placeholder);
		buf_char(out, '\n');
	}
}

static void small_lists(struct buf *out, const struct ast_decl *d)
{
	for (const struct ast_holiday *h = d->holidays; h; h = h->next) {
		buf_c(out, "  holiday");
		day(out, "day", h->day);
		text(out, "title", h->title);
		buf_char(out, '\n');
	}
	if (d->weekend)
		buf_fmt(out, "  weekend %#x\n", d->weekend);
	for (const struct ast_adopt *a = d->adopts; a; a = a->next) {
		buf_fmt(out, "  adopts " STR_FMT, STR_ARG(a->program.s));
		day(out, "from", a->from);
		buf_char(out, '\n');
	}
}

/* ---- scenarios ---- */

static void pairs(struct buf *out, const struct ast_pair *list)
{
	for (const struct ast_pair *p = list; p; p = p->next) {
		buf_fmt(out, " " STR_FMT "=", STR_ARG(p->name.s));
		ast_dump_expr(out, p->value);
	}
}

static void expectation(struct buf *out, const struct ast_expect *e)
{
	static const char *const forms[] = {
	    [FORM_NOTHING] = "nothing",
	    [FORM_AMONG_OTHERS] = "among-others",
	    [FORM_ACTION] = "action",
	    [FORM_OWED] = "owed",
	    [FORM_FACT] = "fact",
	    [FORM_STEP] = "step",
	    [FORM_SHARE] = "share",
	    [FORM_REFUSED] = "refused",
	    [FORM_LEFT] = "left",
	    [FORM_PAID_FROM] = "paid-from",
	    [FORM_PAID_UNDER] = "paid-under",
	    [FORM_PAID_BY] = "paid-by",
	    [FORM_ASSESSED_AS] = "assessed-as",
	    [FORM_UNFUNDED] = "unfunded",
	    [FORM_COUNT] = "count",
	};
	buf_fmt(out, "    expect%s %s", e->no ? " no" : "", forms[e->form]);
	word(out, "name", e->name);
	word(out, "step", e->step);
	expr(out, "amount", e->amount);
	expr(out, "value", e->value);
	word(out, "whose", e->whose);
	text(out, "text", e->text);
	if (e->due_stated)
		day(out, "due", e->due);
	if (e->times)
		buf_fmt(out, " times=%lld", (long long)e->times);
	buf_char(out, '\n');
	if (e->action)
		action(out, 3, "what", e->action);
}

static void cohort(struct buf *out, const struct ast_cohort *c)
{
	buf_c(out, "  cohort");
	expr(out, "n", c->n);
	word(out, "kind", c->one.kind);
	pairs(out, c->one.facts);
	buf_char(out, '\n');
	for (const struct ast_member_line *l = c->lines; l; l = l->next) {
		buf_c(out, l->share.another ? "    another" : "    line");
		expr(out, "n", l->share.n);
		day(out, "day", l->line.day);
		if (l->line.minute >= 0)
			buf_fmt(out, " minute=%d", l->line.minute);
		word(out, "event", l->line.event);
		pairs(out, l->line.fields);
		buf_char(out, '\n');
	}
}

static void scenario(struct buf *out, const struct ast_decl *d)
{
	for (const struct ast_given *g = d->given; g; g = g->next) {
		buf_fmt(out, "  given " STR_FMT, STR_ARG(g->kind.s));
		word(out, "name", g->name);
		pairs(out, g->facts);
		buf_char(out, '\n');
	}
	for (const struct ast_given_fund *g = d->given_funds; g; g = g->next) {
		buf_fmt(out, "  given fund " STR_FMT, STR_ARG(g->fund.s));
		expr(out, g->spent ? "spent" : "left", g->amount);
		buf_char(out, '\n');
	}
	for (const struct ast_line *l = d->lines; l; l = l->next) {
		buf_c(out, "  line");
		day(out, "day", l->day);
		if (l->minute >= 0)
			buf_fmt(out, " minute=%d", l->minute);
		if (l->amends)
			buf_c(out, l->corrects ? " put-right" : " take-back");
		word(out, "event", l->event);
		word(out, "of", l->of);
		if (l->amends)
			day(out, "on", l->on);
		if (l->corrects && l->to_day != DAY_NONE)
			day(out, "to", l->to_day);
		pairs(out, l->fields);
		buf_char(out, '\n');
		for (const struct ast_expect *e = l->expects; e; e = e->next)
			expectation(out, e);
	}
	for (const struct ast_pair *p = d->assumed; p; p = p->next) {
		buf_c(out, "  assume");
		word(out, "name", p->name);
		expr(out, "value", p->value);
		buf_char(out, '\n');
	}
	for (const struct ast_cohort *c = d->cohorts; c; c = c->next)
		cohort(out, c);
	if (d->until != DAY_MIN) {
		buf_c(out, "  until");
		day(out, "day", d->until);
		buf_char(out, '\n');
	}
	for (const struct ast_expect *e = d->totals; e; e = e->next)
		expectation(out, e);
}

/* ---- declarations ---- */

static const char *const decl_names[] = {
    [AST_TIMEZONE] = "timezone",
    [AST_CALENDAR] = "calendar",
    [AST_CASE] = "case",
    [AST_EVENT] = "event",
    [AST_ACTION_NAME] = "action",
    [AST_PARTY] = "party",
    [AST_REQUIREMENT] = "requirement",
    [AST_FUND] = "fund",
    [AST_DOCKET] = "docket",
    [AST_CAPACITY] = "capacity",
    [AST_PROGRAM] = "program",
    [AST_PARAM] = "param",
    [AST_BLOCK] = "block",
    [AST_NEVER] = "never",
    [AST_COUNTY] = "county",
    [AST_CHANGE] = "change",
    [AST_REPLACE] = "replace",
    [AST_DROP] = "drop",
    [AST_SCENARIO] = "scenario",
    [AST_PROJECTION] = "projection",
};

static void never(struct buf *out, const struct ast_decl *d)
{
	static const char *const forms[] = {"any", "name", "to", "as"};
	static const char *const invariants[] = {"", " only", " always"};
	buf_fmt(out, "  form %s%s", forms[d->never_form], invariants[d->invariant]);
	word(out, "after", d->after);
	period(out, "within", &d->within);
	word(out, "for", d->never_for);
	expr(out, "when", d->when);
	buf_char(out, '\n');
	action(out, 1, "what", d->never_action);
}

static void fund(struct buf *out, const struct ast_decl *d)
{
	const struct ast_budget *b = d->budget;
	if (b) {
		buf_c(out, "  budget");
		expr(out, "amount", b->amount);
		word(out, "per", b->per);
		word(out, "month", b->month);
		expr(out, "day", b->day);
		buf_char(out, '\n');
	}
	if (d->warn) {
		buf_c(out, "  warn");
		expr(out, "at", d->warn);
		buf_char(out, '\n');
	}
	if (d->owner_span.len)
		buf_fmt(out, "  owner " STR_FMT "\n", STR_ARG(d->owner.s));
}

static void docket(struct buf *out, const struct ast_docket *k)
{
	buf_c(out, k->meets.len ? k->monthly ? "  meets monthly" : "  meets" : "  never meets");
	period(out, "every", &k->every);
	if (k->every.span.len)
		day(out, "from", k->from);
	if (k->monthly)
		buf_fmt(out, " nth=%lld", (long long)k->nth);
	word(out, "on", k->weekday);
	expr(out, "most", k->most);
	expr(out, "keeps", k->keeps);
	buf_char(out, '\n');
}

static void decl(struct buf *out, const struct ast_decl *d)
{
	buf_c(out, decl_names[d->kind]);
	flag(out, "broken", d->broken);
	flag(out, "locked", d->locked);
	flag(out, "todo", d->todo);
	if (d->kind == AST_BLOCK || d->kind == AST_REPLACE || d->kind == AST_DROP)
		buf_fmt(out, " %s", block_name(d->block));
	if (d->kind == AST_PARAM || d->kind == AST_CHANGE)
		buf_fmt(out, " %s", type_name(d->type.kind));
	word(out, "name", d->name);
	word(out, "of", d->of);
	words(out, "kinds", d->kinds);
	words(out, "sets", d->sets);
	word(out, "county", d->county);
	day(out, "effective", d->effective);
	day(out, "from", d->from);
	text(out, "title", d->title);
	text(out, "cite", d->cite);
	buf_char(out, '\n');
	slots(out, d->slots);
	values(out, d->values);
	small_lists(out, d);
	if (d->count) {
		buf_c(out, "  places");
		expr(out, "count", d->count);
		buf_char(out, '\n');
	}
	fund(out, d);
	clauses(out, 1, d);
	if (d->never_action)
		never(out, d);
	if (d->docket)
		docket(out, d->docket);
	scenario(out, d);
	if (d->replacement)
		decl(out, d->replacement);
}

void ast_dump(struct buf *out, const struct ast_file *file)
{
	for (const struct ast_decl *d = file->decls; d; d = d->next)
		decl(out, d);
}
