/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen, only after something else, or always in time: which outcomes are meant,
 * under which condition, and what they may come to.
 */
#include "grammar/lower.h"

static uint16_t schedule_of(struct book *b, const struct scope *s, const struct ast_word *w)
{
	uint32_t body = resolve_block(b, s->program, BLOCK_SCHEDULE, w);
	return body == NO_BODY ? NONE : b->rb->blocks[body].detail;
}

static void never_name(struct book *b, struct scope *s, const struct ast_decl *d, struct never *n)
{
	const struct ast_word *w = &d->never_action->name;
	switch (n->action) {
	case ACTION_ORDER:
		n->name = resolve_order(b, w);
		return;
	case ACTION_REQUIRE:
		n->name = resolve_requirement(b, w);
		return;
	case ACTION_PLACE:
		n->name = resolve_docket(b, s->kind, w);
		return;
	case ACTION_ENROL:
	case ACTION_RELEASE:
		n->name = resolve_capacity(b, s->kind, w);
		return;
	case ACTION_ENTER:
		n->name = resolve_stage(b, w);
		return;
	case ACTION_SET:
		if (s->kind != NONE) {
			n->fact = resolve_fact(b, s->kind, w);
			return;
		}
		help(b,
		     fault(b, W_KIND_UNCLEAR, w->span,
			   "it is not clear whose fact `" STR_FMT "` is", STR_ARG(w->s)),
		     "add `for KIND`");
		return;
	case ACTION_ASSESS:
	case ACTION_CREDIT:
	case ACTION_WAIVE:
		n->name = resolve_line(b, w);
		return;
	case ACTION_PAY:
	case ACTION_REFER:
	case ACTION_NOTIFY:
		n->to = (struct target){TARGET_PARTY, resolve_party(b, w)};
		return;
	case ACTION_START:
	case ACTION_STOP:
		n->schedule = schedule_of(b, s, w);
		return;
	case ACTION_DENY:
	case ACTION_BROKEN:
		break;
	}
}

static void lower_what(struct book *b, struct scope *s, const struct ast_decl *d, struct never *n)
{
	const struct ast_action *a = d->never_action;
	n->action = a->kind;
	if (d->never_form == NEVER_TO)
		n->to = (struct target){TARGET_PARTY, resolve_party(b, &a->to)};
	else if (d->never_form == NEVER_NAME && !word_given(&a->name))
		n->to = (struct target){TARGET_PARTY, resolve_party(b, &a->to)};
	else if (d->never_form != NEVER_ANY)
		never_name(b, s, d, n);
	if (word_given(&a->fund))
		n->fund = resolve_fund(b, &a->fund);
}

/* The event that comes before it, as one of the kind of case that it is about. */
static uint16_t event_before(struct book *b, const struct scope *s, const struct ast_decl *d)
{
	uint16_t event = word_given(&d->after) ? resolve_event(b, &d->after) : NONE;
	return event == NONE || !event_reaches(b, event, s->kind, &d->after) ? NONE : event;
}

/* ---- never pay more than ---- */

static void lower_cap(struct book *b, uint32_t body, const struct ast_decl *d)
{
	struct block *block = &b->rb->blocks[body];
	lower_limits(b, body);
	if (!block->nlimits || !block->limits[0].most.n || block->limits[0].is_money)
		return;
	struct diag *g = fault(b, W_WRONG_TYPE, d->limits->most->span,
			       "`" STR_FMT "` is a number, but what is paid is money",
			       STR_ARG(span_text(b, d->limits->most->span)));
	help(b, g, "write an amount, such as `$5,000`");
}

/* ---- only after ---- */

/* As long as the event has not come it must not happen. */
static struct texpr *not_yet(struct scope *s, const struct ast_decl *d, uint16_t event,
			     struct texpr *when)
{
	const struct ast_period ever = {0};
	if (event == NONE)
		return when;
	return texpr_and(s, texpr_count_is(s, event, 0, &ever, d->after.span), when);
}

/* ---- always ---- */

/* On one line, without comments: it is said to people as it stands in the policy. */
struct str words_of(struct book *b, struct span span)
{
	struct str text = span_text(b, span);
	struct buf words = {0};
	bool comment = false, gap = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		comment = c == '#' || (comment && c != '\n');
		bool white = comment || c == ' ' || c == '\t' || c == '\r' || c == '\n';
		if (!white && gap && words.len)
			buf_char(&words, ' ');
		if (!white)
			buf_char(&words, c);
		gap = white;
	}
	struct str s = arena_str(&b->rb->arena, buf_view(&words));
	buf_release(&words);
	return s;
}

static void lower_always(struct book *b, struct part_maker *m, const struct ast_decl *d,
			 struct never *n)
{
	struct period within;
	struct ast_word event = d->after;
	struct ast_trigger on = {.span = d->span, .events = &event, .when = d->when};
	n->said = d->title.s.len ? d->title.s : words_of(b, d->span);
	if (!d->title.s.len && d->locked) /* `locked ` */
		n->said = (struct str){n->said.p + 7, n->said.len - 7};
	if (!d->within.span.len) {
		if (!d->broken)
			help(b,
			     fault(b, W_NO_TRIGGER, d->span,
				   "it does not say by when this always happens"),
			     "add `within PERIOD of EVENT`");
		return;
	}
	if (!lower_period(&m->scope, &d->within, &within))
		return;
	event.next = NULL;
	m->within = &within;
	lower_trigger(m, &on);
}

/* ---- all three ---- */

void lower_never(struct book *b, uint32_t body)
{
	const struct ast_decl *d = b->bodies.at[body].decl;
	struct part_maker m = part_maker_of(b, body, PART_PROMISE);
	struct never *n = &b->rb->nevers[b->rb->blocks[body].detail];
	*n = (struct never){.block = (uint16_t)body, .name = NONE, .fund = NONE, .schedule = NONE};
	n->fact = n->after = NONE;
	n->to = (struct target){TARGET_NONE, NONE};
	if (!d->never_action || b->bodies.at[body].broken)
		return;
	lower_what(b, &m.scope, d, n);
	if (d->invariant == INVARIANT_ALWAYS) {
		lower_always(b, &m, d, n);
		return;
	}
	m.scope.no_event = "a `never` looks at the case, not at an event";
	if (d->limits)
		lower_cap(b, body, d);
	struct texpr *when = d->when ? check_condition(&m.scope, d->when) : NULL;
	if (d->invariant == INVARIANT_ONLY_AFTER) {
		m.scope.no_event = "`only after` looks at the case, not at an event";
		n->after = event_before(b, &m.scope, d);
		when = not_yet(&m.scope, d, n->after, when);
	}
	n->when = lower_code(b, when);
}
