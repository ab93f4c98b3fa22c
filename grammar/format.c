/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/format.h"

#include "grammar/format_write.h"

/* ---- vocabulary ---- */

enum decl_item {
	ITEM_SLOT,
	ITEM_SETS,
	ITEM_HOLIDAY,
	ITEM_WEEKEND,
	ITEM_EFFECTIVE,
	ITEM_ADOPT,
	ITEM_VALUE,
	ITEM_WARN,
	ITEM_OWNER,
	ITEM_MEETS,
	ITEM_SEATS,
	ITEM_KEEPS,
	ITEM_CITE,
	ITEM_PLACEHOLDER
};

static void write_type(struct writer *w, const struct ast_type *t)
{
#define X(constant, name) name,
	static const char *const names[] = {TYPE_KINDS(X)};
#undef X
	if (t->kind == TYPE_REF)
		line_str(w, t->of.s);
	else
		line_word(w, names[t->kind]);
	if (t->kind == TYPE_CHOICE)
		write_names(w, t->choices, ",");
}

static size_t longest_name(const struct ast_decl *d)
{
	size_t longest = 0;
	for (const struct ast_slot *s = d->slots; s; s = s->next)
		if (s->name.s.len > longest)
			longest = s->name.s.len;
	return longest;
}

static void write_slot(struct writer *w, const struct ast_slot *s, size_t width)
{
	line_begin(w, 1, s->span.off);
	line_str(w, s->name.s);
	buf_pad(&w->line, ' ', width - s->name.s.len);
	line_word(w, ":");
	write_type(w, &s->type);
	if (s->type.min) {
		line_word(w, "from");
		write_expr(w, s->type.min);
		line_word(w, "to");
		write_expr(w, s->type.max);
	}
	if (s->optional)
		line_word(w, "optional");
	if (s->confidential)
		line_word(w, "confidential");
	if (s->consent.len)
		line_word(w, "consent");
	if (s->initial) {
		line_word(w, "default");
		write_value(w, s->initial);
	}
	if (s->title.span.len)
		line_quoted(w, s->title);
	line_end(w, span_end(s->span));
}

static void write_sets(struct writer *w, const struct ast_word *sets)
{
	const struct ast_word *last = sets;
	while (last->next)
		last = last->next;
	line_begin(w, 1, sets->span.off);
	line_word(w, "sets");
	write_names(w, sets, ",");
	line_end(w, span_end(last->span));
}

static void write_holiday(struct writer *w, const struct ast_holiday *h)
{
	line_begin(w, 1, h->span.off);
	line_word(w, "holiday");
	write_day(w, h->day);
	line_quoted(w, h->title);
	line_end(w, span_end(h->span));
}

static void write_weekend(struct writer *w, const struct ast_decl *d)
{
	static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
					   "Friday", "Saturday", "Sunday"};
	bool first = true;
	line_begin(w, 1, d->weekend_span.off);
	line_word(w, "weekend");
	for (unsigned i = 0; i < 7; i++) {
		if (!(d->weekend >> i & 1))
			continue;
		if (!first)
			line_glue(w, ",");
		line_word(w, days[i]);
		first = false;
	}
	line_end(w, span_end(d->weekend_span));
}

/* ---- funds ---- */

static void write_budget(struct writer *w, const struct ast_budget *b)
{
	line_break(w);
	line_word(w, "budget");
	write_expr(w, b->amount);
	line_break(w);
	if (!b->per.span.len) {
		line_word(w, "in all");
		return;
	}
	line_word(w, "per");
	line_str(w, b->per.s);
	if (!b->month.span.len)
		return;
	line_word(w, "from");
	line_str(w, b->month.s);
	write_expr(w, b->day);
}

static void write_warn(struct writer *w, const struct ast_decl *d)
{
	line_begin(w, 1, d->warn_span.off);
	line_word(w, "warn at");
	write_expr(w, d->warn);
	line_end(w, span_end(d->warn_span));
}

static void write_owner(struct writer *w, const struct ast_decl *d)
{
	line_begin(w, 1, d->owner_span.off);
	line_word(w, "owner");
	line_str(w, d->owner.s);
	line_end(w, span_end(d->owner_span));
}

/* ---- programs, counties, parameters ---- */

static void write_effective(struct writer *w, const struct ast_decl *d)
{
	line_begin(w, 1, d->effective_span.off);
	line_word(w, "effective");
	write_day(w, d->effective);
	line_end(w, span_end(d->effective_span));
}

static void from_day(struct writer *w, int32_t day)
{
	if (day == DAY_MIN)
		return;
	line_word(w, "from");
	write_day(w, day);
}

static void write_adopt(struct writer *w, const struct ast_adopt *a)
{
	line_begin(w, 1, a->span.off);
	line_word(w, "adopts");
	line_str(w, a->program.s);
	from_day(w, a->from);
	line_end(w, span_end(a->span));
}

static void write_dated(struct writer *w, const struct ast_dated *v)
{
	line_begin(w, 1, v->span.off);
	write_expr(w, v->value);
	from_day(w, v->from);
	line_end(w, span_end(v->span));
}

/* ---- dockets ---- */

static void write_meets(struct writer *w, const struct ast_docket *k)
{
	static const char *const nths[] = {"last",  "first",   "second", "third", "fourth", "fifth",
					   "sixth", "seventh", "eighth", "ninth", "tenth"};
	line_begin(w, 1, k->meets.off);
	line_word(w, "meets");
	if (k->every.span.len) {
		line_word(w, "every");
		write_period(w, &k->every);
		from_day(w, k->from);
	} else {
		line_word(w, k->monthly ? "monthly on" : "weekly on");
		if (k->monthly)
			line_word(w, nths[k->nth]);
		line_str(w, k->weekday.s);
	}
	line_end(w, span_end(k->meets));
}

static void write_seats(struct writer *w, const struct ast_docket *k)
{
	line_begin(w, 1, k->seats.off);
	line_word(w, "at most");
	write_expr(w, k->most);
	bool one = k->most->kind == EXPR_LITERAL && k->most->value.i == 1;
	line_word(w, one ? "case" : "cases");
	line_end(w, span_end(k->seats));
}

static void write_keeps(struct writer *w, const struct ast_docket *k)
{
	line_begin(w, 1, k->kept.off);
	line_word(w, "keeps");
	write_expr(w, k->keeps);
	line_word(w, "for urgent");
	line_end(w, span_end(k->kept));
}

static void write_clause(struct writer *w, const char *head, const struct ast_word *text)
{
	line_begin(w, 1, text->span.off);
	line_word(w, head);
	line_quoted(w, *text);
	line_end(w, span_end(text->span));
}

/* ---- the items of a declaration, in order of writing ---- */

static void gather_values(struct items *items, const struct ast_decl *d)
{
	for (const struct ast_dated *v = d->values; v; v = v->next) {
		if (v != d->values) /* the first one stands in the head */
			items_add(items, v->span.off, ITEM_VALUE, v);
		if (v->placeholder.span.len)
			items_add(items, v->placeholder.span.off, ITEM_PLACEHOLDER,
				  &v->placeholder);
		if (v->cite.span.len)
			items_add(items, v->cite.span.off, ITEM_CITE, &v->cite);
	}
}

static void gather_docket(struct items *items, const struct ast_docket *k)
{
	if (k->meets.len)
		items_add(items, k->meets.off, ITEM_MEETS, k);
	if (k->seats.len)
		items_add(items, k->seats.off, ITEM_SEATS, k);
	if (k->kept.len)
		items_add(items, k->kept.off, ITEM_KEEPS, k);
}

static void gather(struct items *items, const struct ast_decl *d)
{
	if (d->docket)
		gather_docket(items, d->docket);
	for (const struct ast_slot *s = d->slots; s; s = s->next)
		items_add(items, s->span.off, ITEM_SLOT, s);
	if (d->sets)
		items_add(items, d->sets->span.off, ITEM_SETS, d->sets);
	for (const struct ast_holiday *h = d->holidays; h; h = h->next)
		items_add(items, h->span.off, ITEM_HOLIDAY, h);
	if (d->weekend)
		items_add(items, d->weekend_span.off, ITEM_WEEKEND, d);
	if (d->effective != DAY_NONE)
		items_add(items, d->effective_span.off, ITEM_EFFECTIVE, d);
	for (const struct ast_adopt *a = d->adopts; a; a = a->next)
		items_add(items, a->span.off, ITEM_ADOPT, a);
	if (d->warn)
		items_add(items, d->warn_span.off, ITEM_WARN, d);
	if (d->owner_span.len)
		items_add(items, d->owner_span.off, ITEM_OWNER, d);
	gather_values(items, d);
	if (d->cite.span.len)
		items_add(items, d->cite.span.off, ITEM_CITE, &d->cite);
}

static void write_item(struct writer *w, const struct item *item, size_t width)
{
	switch ((enum decl_item)item->kind) {
	case ITEM_SLOT:
		write_slot(w, item->node, width);
		return;
	case ITEM_SETS:
		write_sets(w, item->node);
		return;
	case ITEM_HOLIDAY:
		write_holiday(w, item->node);
		return;
	case ITEM_WEEKEND:
		write_weekend(w, item->node);
		return;
	case ITEM_EFFECTIVE:
		write_effective(w, item->node);
		return;
	case ITEM_ADOPT:
		write_adopt(w, item->node);
		return;
	case ITEM_VALUE:
		write_dated(w, item->node);
		return;
	case ITEM_WARN:
		write_warn(w, item->node);
		return;
	case ITEM_OWNER:
		write_owner(w, item->node);
		return;
	case ITEM_MEETS:
		write_meets(w, item->node);
		return;
	case ITEM_SEATS:
		write_seats(w, item->node);
		return;
	case ITEM_KEEPS:
		write_keeps(w, item->node);
		return;
	case ITEM_CITE:
		write_clause(w, "cite", item->node);
		return;
	case ITEM_PLACEHOLDER:
		write_clause(w, "placeholder", item->node);
		return;
	}
}

static void write_decl_items(struct writer *w, const struct ast_decl *d)
{
	struct items items = {0};
	size_t width = longest_name(d);
	gather(&items, d);
	items_sort(&items);
	for (size_t i = 0; i < items.n; i++)
		write_item(w, &items.at[i], width);
	items_release(&items);
}

/* ---- heads ---- */

static const char *param_word(enum type_kind kind)
{
	return kind == TYPE_MONEY     ? "amount"
	       : kind == TYPE_NUMBER  ? "number"
	       : kind == TYPE_PERCENT ? "percent"
				      : "period";
}

static const char *block_word(enum block_kind kind)
{
#define X(constant, name) name,
	static const char *const names[] = {BLOCK_KINDS(X)};
#undef X
	return names[kind];
}

static void title(struct writer *w, struct ast_word text)
{
	if (text.span.len)
		line_break(w);
	line_quoted(w, text);
}

static void named_head(struct writer *w, const char *kind, const struct ast_decl *d)
{
	line_word(w, kind);
	line_str(w, d->name.s);
	title(w, d->title);
}

static void param_head(struct writer *w, const struct ast_decl *d)
{
	if (d->locked)
		line_word(w, "locked");
	if (d->kind == AST_CHANGE)
		line_word(w, "change");
	named_head(w, param_word(d->type.kind), d);
	line_break(w);
	line_word(w, d->kind == AST_CHANGE ? "to" : "is");
	write_expr(w, d->values->value);
	from_day(w, d->values->from);
}

static void block_head(struct writer *w, const struct ast_decl *d)
{
	const struct ast_decl *body = d->replacement ? d->replacement : d;
	if (d->locked)
		line_word(w, "locked");
	if (d->kind == AST_REPLACE)
		line_word(w, "replace");
	line_word(w, block_word(d->block));
	line_str(w, d->name.s);
	from_day(w, d->from);
	if (body->of.span.len) {
		line_word(w, "of");
		line_str(w, body->of.s);
	}
	title(w, body->title);
}

static void capacity_head(struct writer *w, const struct ast_decl *d)
{
	line_word(w, "capacity");
	line_str(w, d->name.s);
	line_word(w, "of");
	line_str(w, d->of.s);
	title(w, d->title);
	line_break(w);
	line_word(w, "is");
	write_expr(w, d->count);
	line_word(w, "places");
}

static void event_head(struct writer *w, const struct ast_decl *d)
{
	line_word(w, "event");
	line_str(w, d->name.s);
	line_word(w, "of");
	write_names(w, d->kinds, ",");
	title(w, d->title);
}

static void projection_head(struct writer *w, const struct ast_decl *d)
{
	named_head(w, "projection", d);
	line_break(w);
	line_word(w, "in");
	line_str(w, d->county.s);
}

static void scenario_head(struct writer *w, const struct ast_decl *d)
{
	if (d->todo)
		line_word(w, "todo");
	line_word(w, "scenario");
	line_quoted(w, d->title);
	line_break(w);
	line_word(w, "in");
	line_str(w, d->county.s);
}

static void docket_head(struct writer *w, const struct ast_decl *d)
{
	line_word(w, "docket");
	line_str(w, d->name.s);
	if (d->of.span.len) {
		line_word(w, "of");
		line_str(w, d->of.s);
	}
	title(w, d->title);
}

static void write_head(struct writer *w, const struct ast_decl *d)
{
	switch (d->kind) {
	case AST_TIMEZONE:
		line_word(w, "timezone");
		line_quoted(w, d->title);
		return;
	case AST_CALENDAR:
		named_head(w, "calendar", d);
		return;
	case AST_CASE:
		named_head(w, "case", d);
		return;
	case AST_EVENT:
		event_head(w, d);
		return;
	case AST_ACTION_NAME:
		named_head(w, "action", d);
		return;
	case AST_PARTY:
		named_head(w, "party", d);
		return;
	case AST_REQUIREMENT:
		named_head(w, "requirement", d);
		return;
	case AST_CAPACITY:
		capacity_head(w, d);
		return;
	case AST_FUND:
		named_head(w, "fund", d);
		if (d->budget)
			write_budget(w, d->budget);
		return;
	case AST_DOCKET:
		docket_head(w, d);
		return;
	case AST_PROGRAM:
		named_head(w, "program", d);
		return;
	case AST_COUNTY:
		named_head(w, "county", d);
		return;
	case AST_PARAM:
	case AST_CHANGE:
		param_head(w, d);
		return;
	case AST_BLOCK:
	case AST_REPLACE:
		block_head(w, d);
		return;
	case AST_NEVER:
		write_never_head(w, d);
		return;
	case AST_DROP:
		line_word(w, "drop");
		line_word(w, block_word(d->block));
		line_str(w, d->name.s);
		from_day(w, d->from);
		return;
	case AST_SCENARIO:
		scenario_head(w, d);
		return;
	case AST_PROJECTION:
		projection_head(w, d);
		return;
	}
}

static uint32_t head_end(const struct ast_decl *d)
{
	uint32_t end = span_end(d->span);
	if (d->kind == AST_PARAM || d->kind == AST_CHANGE)
		end = span_end(d->values->span);
	if (d->replacement && span_end(d->replacement->span) > end)
		end = span_end(d->replacement->span);
	return end;
}

static void write_body(struct writer *w, const struct ast_decl *d)
{
	if (d->kind == AST_SCENARIO)
		write_scenario_items(w, d);
	else if (d->kind == AST_PROJECTION)
		write_projection_items(w, d);
	else if (d->kind == AST_BLOCK && d->block == BLOCK_TABLE)
		write_table_items(w, d);
	else if (d->kind == AST_REPLACE && d->block == BLOCK_TABLE)
		write_table_items(w, d->replacement);
	else if (d->kind == AST_BLOCK || d->kind == AST_NEVER)
		write_block_items(w, d);
	else if (d->kind == AST_REPLACE)
		write_block_items(w, d->replacement);
	else
		write_decl_items(w, d);
}

/* ---- between declarations ---- */

static bool at_line_start(const struct writer *w, const struct ast_comment *c)
{
	return c->span.off == 0 || w->text.p[c->span.off - 1] == '\n' ||
	       (c->span.off == 3 && str_starts(w->text, STR("\xef\xbb\xbf")));
}

/* Indented comments behind the last clause still belong to its block. */
static void closing_comments(struct writer *w, uint32_t before)
{
	while (w->comment && w->comment->span.off < before && !at_line_start(w, w->comment))
		comments_before(w, 1, w->comment->span.off + 1);
}

/* Comments at the margin stand before the next block, with the blank lines that set them apart. */
static void margin_comments(struct writer *w, uint32_t before)
{
	for (; w->comment && w->comment->span.off < before;) {
		uint32_t off = w->comment->span.off;
		if (w->written && blank_line_in(w, w->written, off) && w->out->len &&
		    !(w->out->len > 1 && w->out->p[w->out->len - 2] == '\n'))
			buf_char(w->out, '\n');
		comments_before(w, 0, off + 1);
	}
	if (w->written && w->out->len && blank_line_in(w, w->written, before) &&
	    !(w->out->len > 1 && w->out->p[w->out->len - 2] == '\n'))
		buf_char(w->out, '\n');
}

static bool one_line(const struct ast_decl *d)
{
	return d->kind == AST_ACTION_NAME || d->kind == AST_PARTY || d->kind == AST_REQUIREMENT ||
	       d->kind == AST_DROP || (d->kind == AST_CAPACITY && !d->cite.span.len) ||
	       (d->kind == AST_FUND && !d->warn && !d->owner_span.len && !d->cite.span.len) ||
	       ((d->kind == AST_PARAM || d->kind == AST_CHANGE) && !d->values->next &&
		!d->cite.span.len && !d->values->placeholder.span.len);
}

/* One-line declarations of a kind may stand together; everything else has a blank line between. */
static bool apart(const struct writer *w, const struct ast_decl *last, const struct ast_decl *next,
		  uint32_t until)
{
	return !one_line(last) || !one_line(next) || last->kind != next->kind ||
	       blank_line_in(w, w->written, until);
}

static void separate(struct writer *w, const struct ast_decl *last, const struct ast_decl *next)
{
	uint32_t until = next->span.off;
	if (last)
		closing_comments(w, until);
	uint32_t first = w->comment && w->comment->span.off < until ? w->comment->span.off : until;
	if (last && apart(w, last, next, first))
		buf_char(w->out, '\n');
	margin_comments(w, until);
}

void format(const struct ast_file *file, struct str text, struct buf *out)
{
	struct writer w = {.out = out, .text = text, .comment = file->comments};
	const struct ast_decl *last = NULL;
	for (const struct ast_decl *d = file->decls; d; last = d, d = d->next) {
		separate(&w, last, d);
		line_begin(&w, 0, d->span.off);
		write_head(&w, d);
		line_end(&w, head_end(d));
		write_body(&w, d);
	}
	if (last)
		closing_comments(&w, (uint32_t)text.len + 1);
	if (last && !one_line(last) && w.comment)
		buf_char(out, '\n');
	margin_comments(&w, (uint32_t)text.len + 1);
	buf_release(&w.line);
	vec_release(&w.breaks);
	while (out->len > 1 && out->p[out->len - 1] == '\n' && out->p[out->len - 2] == '\n')
		out->len--;
}
