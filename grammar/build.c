/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens in, declarations out: the parser's open ends, vocabulary, programs, counties, parameters.
 */
#include "grammar/build.h"

#include "grammar/codes.h"
#include "grammar/keywords.h"
#include "grammar/parser.h"

#include <stdio.h>

const struct token *build_next(struct build *b)
{
	if (b->start) {
		b->start_token.kind = b->start;
		b->start_token.span = (struct span){b->file->source, b->done, 0};
		b->start = 0;
		return &b->start_token;
	}
	b->error_at = b->at;
	if (b->stop && b->at >= b->stop)
		return &b->tokens.at[b->tokens.n - 1];
	if (b->at + 1 < b->tokens.n)
		b->at++;
	return &b->tokens.at[b->error_at];
}

uint32_t build_source(const struct build *b)
{
	return b->file->source;
}

/* What is left out at the end has an empty span after what stands before it, and the whole reaches
 * up to there; a span that is nowhere adds nothing. */
struct span build_join(struct span first, struct span last)
{
	uint32_t end = last.off + last.len;
	if (!first.len)
		return last;
	if (end > first.off + first.len)
		first.len = end - first.off;
	return first;
}

struct span build_whole(const struct span *at, int n)
{
	struct span whole = {at->source, at->off + at->len, 0};
	for (int i = 1; i <= n; i++)
		if (at[i].len)
			whole = build_join(whole, at[i]);
	return whole;
}

struct diag *build_error(struct build *b, int code, struct span span, const char *fmt, ...)
{
	char message[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (b->quiet)
		return NULL;
	text_clean(message);
	return diag_add(b->diags, code, SEVERITY_ERROR, span, "%s", message);
}

void build_help(struct build *b, struct diag *d, const char *fmt, ...)
{
	char help[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(help, sizeof(help), fmt, ap);
	va_end(ap);
	text_clean(help);
	if (d)
		diag_help(b->diags, d, "%s", help);
}

struct ast_word *word_add(struct build *b, struct ast_word *list, struct ast_word word)
{
	struct ast_word *w = arena_alloc(b->arena, sizeof(*w));
	*w = word;
	w->next = list;
	return w;
}

struct ast_word *words_turn(struct ast_word *backwards)
{
	BUILD_TURN(struct ast_word, backwards);
	return backwards;
}

/* What was attached ends here: after a syntax error reading goes on behind it. */
static void attached(struct build *b, struct span span)
{
	b->done = span.off + span.len;
}

/* ---- open and close ---- */

static void turn_section(struct ast_section *s)
{
	BUILD_TURN(struct ast_trigger, s->triggers);
	BUILD_TURN(struct ast_action, s->actions);
}

static void turn_clauses(struct ast_decl *d)
{
	turn_section(&d->body);
	for (struct ast_section *s = d->sections; s; s = s->next)
		turn_section(s);
	BUILD_TURN(struct ast_section, d->sections);
	BUILD_TURN(struct ast_trigger, d->ends);
	BUILD_TURN(struct ast_trigger, d->stops);
	BUILD_TURN(struct ast_limit, d->limits);
	BUILD_TURN(struct ast_row, d->rows);
	BUILD_TURN(struct ast_move, d->moves);
}

static void turn_scenario(struct ast_decl *d)
{
	for (struct ast_line *line = d->lines; line; line = line->next)
		BUILD_TURN(struct ast_expect, line->expects);
	BUILD_TURN(struct ast_given, d->given);
	BUILD_TURN(struct ast_given_fund, d->given_funds);
	BUILD_TURN(struct ast_line, d->lines);
	for (struct ast_cohort *c = d->cohorts; c; c = c->next)
		BUILD_TURN(struct ast_member_line, c->lines);
	BUILD_TURN(struct ast_pair, d->assumed);
	BUILD_TURN(struct ast_cohort, d->cohorts);
	BUILD_TURN(struct ast_expect, d->totals);
}

void build_close(struct build *b)
{
	struct ast_decl *d = b->decl;
	if (!d || b->stop)
		return;
	turn_clauses(b->inner);
	turn_scenario(d);
	BUILD_TURN(struct ast_slot, d->slots);
	BUILD_TURN(struct ast_word, d->sets);
	BUILD_TURN(struct ast_holiday, d->holidays);
	BUILD_TURN(struct ast_dated, d->values);
	BUILD_TURN(struct ast_adopt, d->adopts);
	b->decl = b->inner = NULL;
	b->section = NULL;
	b->resume = T_START_FILE;
	b->head = false;
}

struct ast_decl *build_open(struct build *b, enum ast_kind kind, int resume, struct span span,
			    struct ast_word name)
{
	build_close(b);
	struct ast_decl *d = arena_alloc(b->arena, sizeof(*d));
	d->kind = kind;
	d->span = span;
	d->name = name;
	d->effective = DAY_NONE;
	d->from = DAY_MIN;
	d->until = DAY_MIN;
	BUILD_PUSH(b->file->decls, d);
	b->decl = b->inner = d;
	b->resume = resume;
	b->quiet = false;
	b->head = true;
	return d;
}

void build_head(struct build *b, struct span span, struct ast_word title)
{
	b->inner->title = title;
	b->decl->span = build_join(b->decl->span, span);
	b->head = false;
	attached(b, b->decl->span);
}

void build_undo(struct build *b)
{
	b->file->decls = b->decl->next;
	b->decl = b->inner = NULL;
	b->resume = T_START_FILE;
	b->head = false;
}

static void said_twice(struct build *b, struct span span, struct span first, const char *what)
{
	struct diag *d = build_error(b, W_TWICE, span, "%s stands here for the second time", what);
	if (d)
		diag_also(b->diags, d, first, "first here");
}

void build_title(struct build *b, struct span span, struct ast_word title)
{
	if (b->inner->title.span.len)
		said_twice(b, span, b->inner->title.span, "a title");
	else
		b->inner->title = title;
	attached(b, span);
}

/* The nearest open section: a step or tier, a later value of a parameter, else the whole. */
static struct ast_word *cite_place(struct build *b)
{
	if (b->section)
		return &b->section->cite;
	if (b->inner->values && b->inner->values->next)
		return &b->inner->values->cite;
	return &b->inner->cite;
}

void build_cite(struct build *b, struct span span, struct ast_word cite)
{
	struct ast_word *place = cite_place(b);
	if (place->span.len)
		said_twice(b, span, place->span, "a citation of the same thing");
	else
		*place = cite;
	attached(b, span);
}

/* ---- vocabulary ---- */

void build_holiday(struct build *b, struct span span, int32_t day, struct ast_word title)
{
	struct ast_holiday *h = arena_alloc(b->arena, sizeof(*h));
	h->span = span;
	h->day = day;
	h->title = title;
	BUILD_PUSH(b->decl->holidays, h);
	attached(b, span);
}

uint32_t build_weekday(struct ast_word word)
{
	static const struct str days[] = {
	    STR_INIT("Monday"), STR_INIT("Tuesday"),  STR_INIT("Wednesday"), STR_INIT("Thursday"),
	    STR_INIT("Friday"), STR_INIT("Saturday"), STR_INIT("Sunday")};
	for (uint32_t i = 0; i < 7; i++)
		if (str_eq(days[i], word.s))
			return 1u << i;
	return 0;
}

void build_weekend(struct build *b, struct span span, uint32_t days)
{
	b->decl->weekend |= days;
	if (!b->decl->weekend_span.len)
		b->decl->weekend_span = span;
	attached(b, span);
}

void build_kinds(struct build *b, struct ast_word *backwards)
{
	b->decl->kinds = words_turn(backwards);
}

void build_slot(struct build *b, struct ast_slot *slot)
{
	BUILD_PUSH(b->decl->slots, slot);
	attached(b, slot->span);
}

void build_sets(struct build *b, struct span span, struct ast_word *backwards)
{
	struct ast_word *names = words_turn(backwards);
	while (names) {
		struct ast_word *next = names->next;
		BUILD_PUSH(b->decl->sets, names);
		names = next;
	}
	attached(b, span);
}

struct ast_slot *build_new_slot(struct build *b, struct span span, struct ast_word name,
				struct ast_type type)
{
	struct ast_slot *s = arena_alloc(b->arena, sizeof(*s));
	const struct keyword *k = keyword_find(name.s);
	if (k && k->class == KEYWORD_RESERVED) {
		struct diag *d =
		    build_error(b, W_RESERVED_WORD, name.span,
				"`%s` is a word of the language and cannot be a name", k->text);
		build_help(b, d, "call it for example %s_%s", k->text,
			   type.kind == TYPE_DATE ? "date" : "value");
	}
	s->span = span;
	s->name = name;
	s->type = type;
	return s;
}

void build_slot_optional(struct build *b, struct ast_slot *slot, struct span span)
{
	if (slot->optional)
		said_twice(b, span, slot->span, "`optional`");
	slot->optional = true;
	slot->span = build_join(slot->span, span);
}

void build_slot_confidential(struct build *b, struct ast_slot *slot, struct span span)
{
	if (slot->confidential)
		said_twice(b, span, slot->span, "`confidential`");
	slot->confidential = true;
	slot->span = build_join(slot->span, span);
}

void build_slot_consent(struct build *b, struct ast_slot *slot, struct span span)
{
	if (slot->consent.len)
		said_twice(b, span, slot->span, "`consent`");
	slot->consent = span;
	slot->span = build_join(slot->span, span);
}

void build_slot_default(struct build *b, struct ast_slot *slot, struct span span,
			struct ast_expr *value)
{
	if (slot->initial)
		said_twice(b, span, slot->initial->span, "`default`");
	slot->initial = value;
	slot->span = build_join(slot->span, span);
}

void build_slot_title(struct build *b, struct ast_slot *slot, struct span span,
		      struct ast_word title)
{
	if (slot->title.span.len)
		said_twice(b, span, slot->title.span, "a title");
	slot->title = title;
	slot->span = build_join(slot->span, span);
}

void build_slot_range(struct build *b, struct ast_slot *slot, struct span span,
		      struct ast_expr *min, struct ast_expr *max)
{
	if (slot->type.min)
		said_twice(b, span, slot->type.min->span, "a range");
	slot->type.min = min;
	slot->type.max = max;
	slot->span = build_join(slot->span, span);
}

struct ast_type build_type(struct span span, struct ast_word word)
{
#define X(constant, name) {constant, STR_INIT(name)},
	static const struct {
		enum type_kind kind;
		struct str name;
	} types[] = {TYPE_KINDS(X)};
#undef X
	struct ast_type t = {.span = span, .kind = TYPE_REF, .of = word};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].kind != TYPE_REF && str_eq(types[i].name, word.s))
			return (struct ast_type){.span = span, .kind = types[i].kind};
	return t;
}

/* ---- funds ---- */

struct ast_budget *build_budget_per(struct build *b, struct ast_word per, struct ast_word month,
				    struct ast_expr *day)
{
	struct ast_budget *budget = arena_alloc(b->arena, sizeof(*budget));
	budget->per = per;
	budget->month = month;
	budget->day = day;
	return budget;
}

void build_budget(struct build *b, struct span span, struct ast_budget *budget)
{
	budget->span = span;
	b->decl->budget = budget;
}

void build_capacity(struct build *b, struct ast_word kind, struct ast_expr *count)
{
	b->decl->of = kind;
	b->decl->count = count;
}

void build_warn(struct build *b, struct span span, struct ast_expr *percent)
{
	if (b->decl->warn)
		said_twice(b, span, b->decl->warn_span, "`warn at`");
	b->decl->warn = percent;
	b->decl->warn_span = span;
	attached(b, span);
}

void build_owner(struct build *b, struct span span, struct ast_word party)
{
	if (b->decl->owner_span.len)
		said_twice(b, span, b->decl->owner_span, "`owner`");
	b->decl->owner = party;
	b->decl->owner_span = span;
	attached(b, span);
}

/* ---- programs and counties ---- */

void build_effective(struct build *b, struct span span, int32_t day)
{
	if (b->decl->effective != DAY_NONE)
		said_twice(b, span, b->decl->effective_span, "`effective`");
	b->decl->effective = day;
	b->decl->effective_span = span;
	attached(b, span);
}

void build_adopt(struct build *b, struct span span, struct ast_word program, int32_t from)
{
	struct ast_adopt *a = arena_alloc(b->arena, sizeof(*a));
	a->span = span;
	a->program = program;
	a->from = from;
	BUILD_PUSH(b->decl->adopts, a);
	attached(b, span);
}

void build_drop(struct build *b, struct span span, enum block_kind kind, struct ast_word name)
{
	build_open(b, AST_DROP, T_START_FILE, span, name)->block = kind;
}

void build_from(struct build *b, struct span span, int32_t from)
{
	b->decl->from = from;
	build_head(b, span, (struct ast_word){0});
}

/* ---- parameters ---- */

void build_param(struct build *b, struct span span, bool locked, enum type_kind kind,
		 struct ast_word name)
{
	struct ast_decl *d = build_open(b, AST_PARAM, T_START_PARAM, span, name);
	d->locked = locked;
	d->type.kind = kind;
}

void build_change(struct build *b, struct span span, enum type_kind kind, struct ast_word name)
{
	build_open(b, AST_CHANGE, T_START_PARAM, span, name)->type.kind = kind;
}

struct ast_dated *build_new_dated(struct build *b, struct span span, struct ast_expr *value,
				  int32_t from)
{
	struct ast_dated *v = arena_alloc(b->arena, sizeof(*v));
	v->span = span;
	v->value = value;
	v->from = from;
	return v;
}

void build_dated(struct build *b, struct ast_dated *v)
{
	BUILD_PUSH(b->decl->values, v);
	attached(b, v->span);
}

void build_placeholder(struct build *b, struct span span, struct ast_word reason)
{
	struct ast_dated *v = b->decl->values;
	if (v && v->placeholder.span.len)
		said_twice(b, span, v->placeholder.span, "`placeholder` of the same value");
	else if (v)
		v->placeholder = reason;
	if (!reason.s.len) {
		struct diag *d = build_error(b, W_NO_REASON, span,
					     "a placeholder says why no document gives the figure");
		build_help(b, d, "write the reason, such as \"The document names no sum\"");
	}
	attached(b, span);
}
