/* SPDX-License-Identifier: Apache-2.0
 *
 * Clauses of blocks, one a line. The parts of an action come in one order, whatever order they
 * were written in.
 */
#include "grammar/format_write.h"

const char *write_verb(enum action_kind kind)
{
#define X(constant, verb, outcome) verb,
	static const char *const verbs[] = {ACTION_KINDS(X)};
#undef X
	return kind == ACTION_PLACE ? "place on" : kind == ACTION_ENROL ? "enrol in" : verbs[kind];
}

/* ---- actions ---- */

static void part(struct writer *w, const char *head, struct ast_word word)
{
	if (!word.span.len)
		return;
	line_break(w);
	line_word(w, head);
	line_str(w, word.s);
}

static void period_part(struct writer *w, const char *head, const struct ast_period *p)
{
	if (!p->span.len)
		return;
	line_break(w);
	line_word(w, head);
	write_period(w, p);
}

static void starting(struct writer *w, const struct ast_plan *p)
{
	static const char *const anchors[] = {
	    [ANCHOR_AFTER_STEP] = NULL,
	    [ANCHOR_SAME_DAY] = "starting same day",
	    [ANCHOR_NEXT_DAY] = "starting next day",
	    [ANCHOR_NEXT_MONTH] = "starting first of next month",
	    [ANCHOR_AFTER_PERIOD] = "starting after",
	};
	if (!anchors[p->anchor])
		return;
	line_break(w);
	line_word(w, anchors[p->anchor]);
	if (p->anchor == ANCHOR_AFTER_PERIOD)
		write_period(w, &p->anchor_period);
}

static void plan(struct writer *w, const struct ast_plan *p, bool instalments)
{
	if (!p->span.len)
		return;
	line_break(w);
	if (instalments && p->times && p->has_interval) {
		line_word(w, "in");
		write_expr(w, p->times);
		write_interval(w, p->every, p->unit);
		line_word(w, "instalments");
	} else {
		if (p->has_interval)
			write_interval(w, p->every, p->unit);
		if (p->times) {
			line_word(w, "for");
			write_expr(w, p->times);
			line_word(w, "times");
		}
	}
	period_part(w, "for", &p->lasts);
	starting(w, p);
	if (!p->remainder_stated)
		return;
	line_break(w);
	line_word(w, p->remainder_in_last ? "remainder in last" : "remainder in first");
}

static void set_value(struct writer *w, const struct ast_action *a)
{
	line_str(w, a->name.s);
	line_word(w, "to");
	if (a->value)
		write_expr(w, a->value);
	else
		line_word(w, "unknown");
}

static void action_object(struct writer *w, const struct ast_action *a)
{
	switch (a->kind) {
	case ACTION_PAY:
		write_expr(w, a->amount);
		part(w, "to", a->to);
		return;
	case ACTION_ASSESS:
		write_expr(w, a->amount);
		part(w, "as", a->name);
		return;
	case ACTION_CREDIT:
		write_expr(w, a->amount);
		part(w, "against", a->name);
		return;
	case ACTION_REFER:
		part(w, "to", a->to);
		return;
	case ACTION_NOTIFY:
		line_str(w, a->to.s);
		return;
	case ACTION_SET:
		set_value(w, a);
		return;
	case ACTION_DENY:
	case ACTION_BROKEN:
		return;
	case ACTION_PLACE:
		line_str(w, a->name.s);
		if (a->urgent)
			line_word(w, "urgent");
		return;
	case ACTION_WAIVE:
	case ACTION_REQUIRE:
	case ACTION_ORDER:
	case ACTION_START:
	case ACTION_STOP:
	case ACTION_ENTER:
	case ACTION_ENROL:
	case ACTION_RELEASE:
		line_str(w, a->name.s);
		return;
	}
}

static void action_line(struct writer *w, unsigned indent, const char *head,
			const struct ast_action *a, uint32_t end)
{
	line_begin(w, indent, a->span.off);
	if (head)
		line_word(w, head);
	if (a->may)
		line_word(w, "may");
	line_word(w, write_verb(a->kind));
	action_object(w, a);
	plan(w, &a->plan, a->kind == ACTION_ASSESS);
	part(w, "answered by", a->answered_by);
	period_part(w, a->kind == ACTION_ASSESS ? "due within" : "within", &a->within);
	part(w, a->kind == ACTION_ASSESS ? "into" : "from", a->fund);
	if (a->text.span.len) {
		line_break(w);
		line_quoted(w, a->text);
	}
	line_end(w, end);
}

void write_action(struct writer *w, unsigned indent, const struct ast_action *a)
{
	action_line(w, indent, NULL, a, span_end(a->head));
	for (const struct ast_action *o = a->otherwise; o; o = o->next)
		action_line(w, indent + 1, "otherwise", o, span_end(o->span));
}

/* ---- triggers ---- */

void write_trigger(struct writer *w, unsigned indent, const char *head, const struct ast_trigger *t)
{
	static const char *const ordinals[] = {"",       "first", "second", "third",
					       "fourth", "fifth", "sixth",  "seventh",
					       "eighth", "ninth", "tenth"};
	line_begin(w, indent, t->span.off);
	line_word(w, t->absence ? "when no" : head);
	if (t->ordinal)
		line_word(w, ordinals[t->ordinal]);
	write_names(w, t->events, "or");
	period_part(w, t->absence ? "within" : "in last", &t->within);
	if (t->when) {
		line_break(w);
		line_word(w, "when");
		write_expr(w, t->when);
	}
	line_end(w, span_end(t->span));
}

/* ---- the items of a block ---- */

enum block_item {
	ITEM_ON,
	ITEM_ACTION,
	ITEM_SECTION,
	ITEM_LIMIT,
	ITEM_HOLDS,
	ITEM_OVERRIDES,
	ITEM_MOVE,
	ITEM_SHARE_WITH,
	ITEM_SHARE_SHOW,
	ITEM_SHARE_NEEDS,
	ITEM_SHARE_WHEN,
	ITEM_ALSO_RUNNING,
	ITEM_STOPS,
	ITEM_ENDS,
	ITEM_SAID,
	ITEM_CITE,
	ITEM_TITLE,
};

static void gather_section(struct items *items, const struct ast_section *s)
{
	for (const struct ast_trigger *t = s->triggers; t; t = t->next)
		items_add(items, t->span.off, ITEM_ON, t);
	for (const struct ast_action *a = s->actions; a; a = a->next)
		items_add(items, a->span.off, ITEM_ACTION, a);
	if (s->cite.span.len)
		items_add(items, s->cite.span.off, ITEM_CITE, &s->cite);
}

static void gather_share(struct items *items, const struct ast_decl *d)
{
	if (d->with.span.len)
		items_add(items, d->with.span.off, ITEM_SHARE_WITH, d);
	if (d->show)
		items_add(items, d->show->span.off, ITEM_SHARE_SHOW, d);
	if (d->needs_span.len)
		items_add(items, d->needs_span.off, ITEM_SHARE_NEEDS, d);
	if (d->when_span.len)
		items_add(items, d->when_span.off, ITEM_SHARE_WHEN, d);
}

static void gather_block(struct items *items, const struct ast_decl *d)
{
	gather_section(items, &d->body);
	for (const struct ast_section *s = d->sections; s; s = s->next)
		items_add(items, s->span.off, ITEM_SECTION, s);
	for (const struct ast_limit *l = d->limits; l && d->kind != AST_NEVER; l = l->next)
		items_add(items, l->span.off, ITEM_LIMIT, l);
	for (const struct ast_trigger *t = d->stops; t; t = t->next)
		items_add(items, t->span.off, ITEM_STOPS, t);
	for (const struct ast_trigger *t = d->ends; t; t = t->next)
		items_add(items, t->span.off, ITEM_ENDS, t);
	if (d->said.len)
		items_add(items, d->said.off, ITEM_SAID, d);
	if (d->holds)
		items_add(items, d->holds->span.off, ITEM_HOLDS, d->holds);
	if (d->block == BLOCK_SHARE)
		gather_share(items, d);
	for (const struct ast_move *m = d->moves; m; m = m->next)
		items_add(items, m->span.off, ITEM_MOVE, m);
	if (d->also_running.len)
		items_add(items, d->also_running.off, ITEM_ALSO_RUNNING, d);
	if (d->overrides)
		items_add(items, d->overrides_span.off, ITEM_OVERRIDES, d);
	if (d->cite.span.len)
		items_add(items, d->cite.span.off, ITEM_CITE, &d->cite);
	if (d->kind == AST_NEVER && d->title.span.len)
		items_add(items, d->title.span.off, ITEM_TITLE, &d->title);
}

static void write_items(struct writer *w, unsigned indent, struct items *items);

static void write_section(struct writer *w, unsigned indent, const struct ast_section *s)
{
	line_begin(w, indent, s->span.off);
	line_word(w, s->when ? "tier" : s->stage ? "stage" : "step");
	line_str(w, s->name.s);
	if (s->after) {
		line_break(w);
		line_word(w, "after");
		write_names(w, s->after, "or");
	}
	if (s->when) {
		line_word(w, "when");
		write_expr(w, s->when);
	}
	line_end(w, span_end(s->span));
	struct items items = {0};
	gather_section(&items, s);
	write_items(w, indent + 1, &items);
}

static void write_limit(struct writer *w, unsigned indent, const struct ast_limit *l)
{
	line_begin(w, indent, l->span.off);
	line_word(w, "at most");
	write_expr(w, l->most);
	line_word(w, "per");
	line_str(w, l->per_case ? STR("case") : unit_name(l->per, false));
	line_end(w, span_end(l->span));
}

static void write_holds(struct writer *w, unsigned indent, const struct ast_expr *e)
{
	line_begin(w, indent, e->span.off);
	line_word(w, "holds while");
	write_expr(w, e);
	line_end(w, span_end(e->span));
}

static void write_share_with(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->with.span.off);
	part(w, "with", d->with);
	line_end(w, span_end(d->with.span));
}

static void write_share_show(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	const struct ast_word *last = d->show;
	while (last->next)
		last = last->next;
	line_begin(w, indent, d->show->span.off);
	line_word(w, "show");
	write_names(w, d->show, ",");
	line_end(w, span_end(last->span));
}

static void write_share_needs(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->needs_span.off);
	part(w, "needs", d->needs);
	period_part(w, "for", &d->needs_for);
	line_end(w, span_end(d->needs_span));
}

static void write_share_when(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->when_span.off);
	line_word(w, "when");
	write_expr(w, d->when);
	line_end(w, span_end(d->when_span));
}

static void write_move(struct writer *w, unsigned indent, const struct ast_move *m)
{
	line_begin(w, indent, m->span.off);
	line_word(w, m->stage ? "move stage" : "move step");
	line_str(w, m->from.s);
	part(w, "to", m->to);
	line_end(w, span_end(m->span));
}

static void write_also_running(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->also_running.off);
	line_word(w, "also for running schedules");
	line_end(w, span_end(d->also_running));
}

static void write_said(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->said.off);
	line_word(w, d->block == BLOCK_FINE ? "otherwise nothing" : "ends never");
	line_end(w, span_end(d->said));
}

static void write_overrides(struct writer *w, unsigned indent, const struct ast_decl *d)
{
	line_begin(w, indent, d->overrides_span.off);
	line_word(w, "overrides");
	write_names(w, d->overrides, ",");
	if (d->overrides_when) {
		line_break(w);
		line_word(w, "when");
		write_expr(w, d->overrides_when);
	}
	line_end(w, span_end(d->overrides_span));
}

static void write_text(struct writer *w, unsigned indent, const char *head,
		       const struct ast_word *text)
{
	line_begin(w, indent, text->span.off);
	if (head)
		line_word(w, head);
	line_quoted(w, *text);
	line_end(w, span_end(text->span));
}

static void write_item(struct writer *w, unsigned indent, const struct item *item)
{
	switch ((enum block_item)item->kind) {
	case ITEM_ON:
		write_trigger(w, indent, "on", item->node);
		return;
	case ITEM_STOPS:
		write_trigger(w, indent, "stops on", item->node);
		return;
	case ITEM_ENDS:
		write_trigger(w, indent, "ends on", item->node);
		return;
	case ITEM_SAID:
		write_said(w, indent, item->node);
		return;
	case ITEM_ACTION:
		write_action(w, indent, item->node);
		return;
	case ITEM_SECTION:
		write_section(w, indent, item->node);
		return;
	case ITEM_LIMIT:
		write_limit(w, indent, item->node);
		return;
	case ITEM_HOLDS:
		write_holds(w, indent, item->node);
		return;
	case ITEM_SHARE_WITH:
		write_share_with(w, indent, item->node);
		return;
	case ITEM_SHARE_SHOW:
		write_share_show(w, indent, item->node);
		return;
	case ITEM_SHARE_NEEDS:
		write_share_needs(w, indent, item->node);
		return;
	case ITEM_SHARE_WHEN:
		write_share_when(w, indent, item->node);
		return;
	case ITEM_MOVE:
		write_move(w, indent, item->node);
		return;
	case ITEM_ALSO_RUNNING:
		write_also_running(w, indent, item->node);
		return;
	case ITEM_OVERRIDES:
		write_overrides(w, indent, item->node);
		return;
	case ITEM_CITE:
		write_text(w, indent, "cite", item->node);
		return;
	case ITEM_TITLE:
		write_text(w, indent, NULL, item->node);
		return;
	}
}

static void write_items(struct writer *w, unsigned indent, struct items *items)
{
	items_sort(items);
	for (size_t i = 0; i < items->n; i++)
		write_item(w, indent, &items->at[i]);
	items_release(items);
}

void write_block_items(struct writer *w, const struct ast_decl *d)
{
	struct items items = {0};
	gather_block(&items, d);
	write_items(w, 1, &items);
}

static void write_cap(struct writer *w, const struct ast_limit *cap)
{
	line_word(w, "more than");
	write_expr(w, cap->most);
	line_word(w, "per case");
	if (cap->per_case)
		return;
	line_word(w, "per");
	line_str(w, unit_name(cap->per, false));
}

static void write_never_object(struct writer *w, const struct ast_decl *d)
{
	const struct ast_action *a = d->never_action;
	switch (d->never_form) {
	case NEVER_ANY:
		break;
	case NEVER_NAME:
		line_str(w, a->name.s);
		break;
	case NEVER_TO:
		if (a->kind == ACTION_NOTIFY)
			line_str(w, a->to.s);
		else
			part(w, "to", a->to);
		break;
	case NEVER_AS:
		part(w, "as", a->name);
		break;
	}
	part(w, a->kind == ACTION_ASSESS ? "into" : "from", a->fund);
}

void write_never_head(struct writer *w, const struct ast_decl *d)
{
	static const char *const words[] = {"never", "only after", "always"};
	if (d->locked)
		line_word(w, "locked");
	line_word(w, words[d->invariant]);
	if (d->invariant == INVARIANT_ONLY_AFTER)
		line_str(w, d->after.s);
	line_word(w, write_verb(d->never_action->kind));
	if (d->limits)
		write_cap(w, d->limits);
	write_never_object(w, d);
	if (d->within.span.len) {
		period_part(w, "within", &d->within);
		part(w, "of", d->after);
	}
	part(w, "for", d->never_for);
	if (d->when) {
		line_break(w);
		line_word(w, "when");
		write_expr(w, d->when);
	}
}
