/* SPDX-License-Identifier: Apache-2.0
 *
 * Types as declared, and constants that must fit them.
 */
#include "grammar/check.h"

#include "engine/base/limits.h"

struct str span_text(const struct book *b, struct span span)
{
	if (span.source >= b->rb->nsources)
		return (struct str){0};
	struct str t = b->rb->sources[span.source].text;
	if (span.off > t.len || span.len > t.len - span.off)
		return (struct str){0};
	return (struct str){t.p + span.off, span.len};
}

void type_words(struct buf *b, const struct book *book, const struct type *t)
{
	const struct choice_set *c;
	switch (t->kind) {
	case TYPE_MONEY:
		buf_c(b, "money");
		return;
	case TYPE_NUMBER:
		buf_c(b, "a number");
		return;
	case TYPE_PERCENT:
		buf_c(b, "a percentage");
		return;
	case TYPE_YEARS:
	case TYPE_MONTHS:
	case TYPE_DAYS:
	case TYPE_BUSINESS_DAYS:
	case TYPE_MINUTES:
		buf_c(b, "in ");
		buf_str(b, type_kind_name(t->kind));
		return;
	case TYPE_DATE:
		buf_c(b, "a date");
		return;
	case TYPE_YES_NO:
		buf_c(b, "yes or no");
		return;
	case TYPE_TEXT:
		buf_c(b, "a text");
		return;
	case TYPE_CHOICE:
		buf_c(b, "one of ");
		c = &book->choices.at[t->of];
		for (uint16_t i = 0; i < c->n; i++) {
			buf_c(b, i ? ", " : "");
			buf_str(b, c->names[i]);
		}
		return;
	case TYPE_REF:
		buf_c(b, "the name of a case of kind ");
		buf_str(b, book->kinds.at[t->of]->name.s);
		return;
	}
}

/* Lists with the same names in the same order are the same type. */
static bool choice_type(struct book *b, const struct ast_type *t, struct type *out)
{
	struct buf key = {0};
	struct choice_set set = {0};
	bool fine = true;
	for (const struct ast_word *w = t->choices; w; w = w->next) {
		for (const struct ast_word *v = t->choices; v != w; v = v->next)
			if (str_eq(v->s, w->s)) {
				struct diag *d =
				    fault(b, W_DEFINED_TWICE, w->span,
					  "`" STR_FMT "` stands twice in this list", STR_ARG(w->s));
				help(b, d, "remove one of them");
				fine = false;
			}
		buf_str(&key, w->s);
		buf_char(&key, ',');
		if (set.n == LIMIT_CHOICES) {
			fault(b, W_TOO_MANY, w->span, "there are more than %u choices",
			      LIMIT_CHOICES);
			fine = false;
			break;
		}
		set.n++;
	}
	uint32_t at = fine ? map_get(&b->choice_names, buf_view(&key)) : 0;
	if (fine && at == MAP_NONE && !resolve_room(b, b->choices.n, NONE - 1u, t->span, "lists"))
		fine = false;
	if (fine && at == MAP_NONE) {
		at = (uint32_t)b->choices.n;
		map_put(&b->choice_names, arena_str(&b->arena, buf_view(&key)), at);
		set.names = arena_array(&b->rb->arena, set.n, sizeof(*set.names));
		uint16_t i = 0;
		for (const struct ast_word *w = t->choices; w; w = w->next)
			set.names[i++] = w->s;
		*vec_push(&b->choices) = set;
	}
	buf_release(&key);
	*out = (struct type){.kind = TYPE_CHOICE, .of = (uint16_t)at};
	return fine;
}

static bool has_size(enum type_kind kind)
{
	return kind == TYPE_MONEY || kind == TYPE_NUMBER || kind == TYPE_PERCENT ||
	       type_is_unit(kind);
}

static bool range_of(struct book *b, const struct ast_type *t, struct type *out)
{
	if (!t->min || !t->max)
		return true;
	if (!has_size(out->kind)) {
		struct diag *d = fault(b, W_BAD_RANGE, t->span,
				       "only numbers, money and lengths of "
				       "time have a range");
		help(b, d, "remove `from … to …`");
		return false;
	}
	struct type plain = {.kind = out->kind};
	struct value min, max;
	if (!check_value(b, t->min, &plain, &min) || !check_value(b, t->max, &plain, &max))
		return false;
	if (min.i > max.i) {
		struct diag *d = fault(b, W_BAD_RANGE, t->span,
				       "this range is empty: it ends before "
				       "it begins");
		help(b, d, "write the smaller bound first");
		return false;
	}
	out->has_range = true;
	out->min = min.i;
	out->max = max.i;
	return true;
}

/* What people call a type who know other languages, or say it in plain English. */
static const char *usual_type(struct str word)
{
	static const struct {
		const char *type;
		struct str words[8];
	} usual[] = {
	    {"number",
	     {STR_INIT("integer"), STR_INIT("int"), STR_INIT("whole"), STR_INIT("decimal"),
	      STR_INIT("float"), STR_INIT("numeric"), STR_INIT("count")}},
	    {"text",
	     {STR_INIT("string"), STR_INIT("str"), STR_INIT("char"), STR_INIT("varchar"),
	      STR_INIT("words"), STR_INIT("note")}},
	    {"yes/no",
	     {STR_INIT("bool"), STR_INIT("boolean"), STR_INIT("flag"), STR_INIT("yesno"),
	      STR_INIT("yes_no"), STR_INIT("true"), STR_INIT("checkbox")}},
	    {"money",
	     {STR_INIT("dollars"), STR_INIT("dollar"), STR_INIT("usd"), STR_INIT("currency"),
	      STR_INIT("amount"), STR_INIT("price"), STR_INIT("cash")}},
	    {"percent", {STR_INIT("percentage"), STR_INIT("pct"), STR_INIT("rate")}},
	    {"date", {STR_INIT("datetime"), STR_INIT("timestamp"), STR_INIT("time")}},
	    {"years", {STR_INIT("year"), STR_INIT("age")}},
	    {"months", {STR_INIT("month")}},
	    {"days", {STR_INIT("day"), STR_INIT("week"), STR_INIT("weeks"), STR_INIT("period")}},
	    {"minutes", {STR_INIT("minute"), STR_INIT("hour"), STR_INIT("hours")}},
	    {"one of",
	     {STR_INIT("enum"), STR_INIT("choice"), STR_INIT("list"), STR_INIT("option")}},
	};
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		for (size_t k = 0; k < 8 && usual[i].words[k].len; k++)
			if (str_eq(usual[i].words[k], word))
				return usual[i].type;
	return NULL;
}

static void unknown_type(struct book *b, const struct ast_type *t)
{
	const char *usual = usual_type(t->of.s);
	struct suggestion s;
	suggest_init(b, &s, t->of.s);
	for (int i = TYPE_MONEY; i < TYPE_REF; i++)
		suggest_try(&s, type_kind_name((enum type_kind)i));
	for (size_t i = 0; i < b->kinds.n; i++)
		suggest_try(&s, b->kinds.at[i]->name.s);
	struct diag *d = fault(b, W_UNKNOWN_NAME, t->of.span, "there is no type `" STR_FMT "`",
			       STR_ARG(t->of.s));
	if (usual && str_eq(str_from(usual), STR("one of")))
		help(b, d, "list the words that are possible: `one of none, juvenile, adult`");
	else if (usual)
		help(b, d, "did you mean `%s`?", usual);
	else
		suggest_help(b, d, &s,
			     "money, number, percent, years, months, days, minutes, date, yes/no, "
			     "text, `one of …` or a kind of case (`case NAME`)");
}

bool check_type(struct book *b, const struct ast_type *t, struct type *out)
{
	static const struct type broken = {.kind = TYPE_REF, .of = NONE};
	*out = (struct type){.kind = t->kind};
	if (t->kind == TYPE_CHOICE && choice_type(b, t, out))
		return true;
	if (t->kind == TYPE_REF) {
		uint32_t k = map_get(&b->rb->kind_names, t->of.s);
		out->of = k == MAP_NONE ? NONE : (uint16_t)k;
		if (k == MAP_NONE)
			unknown_type(b, t);
		else
			name_used(b, &t->of, b->kinds.at[k]->name.s);
	}
	if (t->kind != TYPE_CHOICE && !type_is_broken(out))
		return range_of(b, t, out);
	*out = broken;
	return false;
}

static bool in_range(struct book *b, const struct ast_expr *e, const struct type *t, struct value v)
{
	if (!t->has_range || (v.i >= t->min && v.i <= t->max))
		return true;
	struct buf lo = {0}, hi = {0};
	value_text(&lo, value_int(t->kind, t->min));
	value_text(&hi, value_int(t->kind, t->max));
	struct diag *d = fault(b, W_OUT_OF_RANGE, e->span, "`" STR_FMT "` is outside of its range",
			       STR_ARG(span_text(b, e->span)));
	help(b, d, "it goes from " STR_FMT " to " STR_FMT, STR_ARG(buf_view(&lo)),
	     STR_ARG(buf_view(&hi)));
	buf_release(&lo);
	buf_release(&hi);
	return false;
}

/* The scanner has said what is wrong with this value. */
static bool told_here(const struct book *b, struct span span)
{
	for (size_t i = 0; i < b->diags->n; i++) {
		const struct span *told = &b->diags->at[i].span;
		if (told->source == span.source && told->off == span.off && told->len == span.len)
			return true;
	}
	return false;
}

static bool wrong_value(struct book *b, const struct ast_expr *e, const struct type *t)
{
	if (told_here(b, e->span))
		return false;
	struct buf words = {0};
	struct str text = span_text(b, e->span);
	bool plain = e->kind == EXPR_LITERAL && e->value.kind == TYPE_NUMBER;
	type_words(&words, b, t);
	struct diag *d = fault(b, W_WRONG_TYPE, e->span,
			       "`" STR_FMT "` does not fit here: the value is " STR_FMT,
			       STR_ARG(span_text(b, e->span)), STR_ARG(buf_view(&words)));
	if (t->kind == TYPE_MONEY && plain)
		help(b, d, "write it with a dollar sign: $" STR_FMT, STR_ARG(text));
	else if (t->kind == TYPE_PERCENT && plain)
		help(b, d, "write it with its sign: " STR_FMT "%%", STR_ARG(text));
	else if (t->kind == TYPE_TEXT)
		help(b, d, "put it in double quotes: \"" STR_FMT "\"", STR_ARG(text));
	else if (t->kind == TYPE_CHOICE && e->kind == EXPR_LITERAL && e->value.kind == TYPE_TEXT)
		help(b, d, "leave the quotes out");
	else if (t->kind == TYPE_REF && e->kind == EXPR_LITERAL && e->value.kind == TYPE_TEXT)
		help(b, d,
		     "leave the quotes out, and write the name of a given case, in small letters");
	else if (t->kind == TYPE_NUMBER && e->kind == EXPR_LITERAL &&
		 type_is_unit((enum type_kind)e->value.kind))
		help(b, d, "leave the unit out");
	else if (t->kind == TYPE_YES_NO)
		help(b, d, "write `yes` or `no`");
	else if (t->kind == TYPE_MONEY)
		help(b, d, "write an amount such as $100 or $100.50");
	else if (type_is_unit(t->kind))
		help(b, d, "write a plain number, or one with its unit, such as 14 " STR_FMT,
		     STR_ARG(type_kind_name(t->kind)));
	else
		help(b, d, "write a value that is " STR_FMT, STR_ARG(buf_view(&words)));
	buf_release(&words);
	return false;
}

bool check_value(struct book *b, const struct ast_expr *e, const struct type *t, struct value *out)
{
	e = expr_inner(e);
	if (type_is_broken(t))
		return false;
	if (t->kind == TYPE_CHOICE && e->kind == EXPR_NAME) {
		uint16_t i = resolve_choice(b, t->of, &e->word);
		*out = value_int(TYPE_CHOICE, i);
		return i != NONE;
	}
	if (t->kind == TYPE_REF && e->kind == EXPR_NAME) {
		*out = value_str(TYPE_REF, e->word.s); /* a scenario checks whose it is */
		return true;
	}
	if (e->kind != EXPR_LITERAL)
		return wrong_value(b, e, t);
	bool adopts = e->value.kind == TYPE_NUMBER && type_is_unit(t->kind);
	if (e->value.kind != t->kind && !adopts)
		return wrong_value(b, e, t);
	*out = e->value;
	out->kind = (uint8_t)t->kind;
	return type_is_text(t->kind) || in_range(b, e, t, *out);
}
