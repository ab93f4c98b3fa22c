/* SPDX-License-Identifier: Apache-2.0 */
#include "grammar/tokens.h"

#include "engine/base/limits.h"
#include "engine/base/vec.h"
#include "engine/values/money.h"
#include "grammar/codes.h"
#include "grammar/keywords.h"
#include "grammar/lexer.h"
#include "grammar/parser.h"

/* The scanner's interface, as flex makes it (it has no header without a second generated file). */
typedef void *scanner_handle;
typedef struct yy_buffer_state *scanner_buffer;
int lexer_lex_init_extra(struct lexer *extra, scanner_handle *scanner);
int lexer_lex_destroy(scanner_handle scanner);
scanner_buffer lexer__scan_bytes(const char *bytes, int len, scanner_handle scanner);
int lexer_lex(PARSER_STYPE *value, struct span *where, scanner_handle scanner);

struct reader {
	struct lexer lexer;
	VEC(struct token) list;
	bool in_row; /* of a table: from `|` at the beginning of a line to the next other line */
};

static void push(struct reader *r, struct token t)
{
	*vec_push(&r->list) = t;
}

/* Signs that stand for two tokens. */
static void push_two(struct reader *r, struct token t, int kind)
{
	t.kind = kind == LEXER_NE ? T_IS : T_NAME;
	if (kind == LEXER_NE)
		t.text = STR("is");
	push(r, t);
	t.kind = kind == LEXER_NE ? T_NOT : '.';
	t.text = kind == LEXER_NE ? STR("not") : STR("");
	t.first = false;
	push(r, t);
}

static void push_raw(struct reader *r, int kind)
{
	struct lexer *x = &r->lexer;
	struct token t = *x->token;
	t.span = lexer_span(x);
	if (kind != T_END && x->mute > x->end)
		t.span.len = x->mute - x->off; /* the words behind it belong to it */
	t.first = x->first;
	t.kind = kind;
	x->cite = x->first && kind == T_NAME && str_eq(t.text, STR("cite"));
	x->first = false;
	if (kind == LEXER_NE || kind == LEXER_POSSESSIVE)
		push_two(r, t, kind);
	else
		push(r, t);
}

static void scan(struct reader *r, struct str text)
{
	struct token token;
	PARSER_STYPE unused;
	struct span where;
	scanner_handle scanner;
	r->lexer.token = &token;
	lexer_lex_init_extra(&r->lexer, &scanner);
	lexer__scan_bytes(text.p, (int)text.len, scanner);
	for (int kind = 1; kind != T_END;) {
		token = (struct token){0};
		kind = lexer_lex(&unused, &where, scanner);
		if (kind == T_END)
			r->lexer.off = r->lexer.end = (uint32_t)r->lexer.text.len;
		else if (lexer_is_mute(&r->lexer))
			continue;
		push_raw(r, kind);
	}
	lexer_lex_destroy(scanner);
}

/* ---- words to keywords, phrases, periods and labels ---- */

bool unit_find(struct str s, enum unit *unit, bool *weeks)
{
	static const struct {
		const char *one, *many;
		enum unit unit;
	} units[] = {{"day", "days", UNIT_DAYS},
		     {"week", "weeks", UNIT_WEEKS},
		     {"month", "months", UNIT_MONTHS},
		     {"year", "years", UNIT_YEARS},
		     {"minute", "minutes", UNIT_MINUTES}};
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!str_eq(s, str_from(units[i].one)) && !str_eq(s, str_from(units[i].many)))
			continue;
		*unit = units[i].unit;
		*weeks = units[i].unit == UNIT_WEEKS;
		return true;
	}
	return false;
}

static bool is_label(const struct reader *r, size_t i)
{
	return r->list.at[i].kind == T_NAME && i + 1 < r->list.n && r->list.at[i + 1].kind == ':';
}

static void widen(struct token *t, const struct token *last)
{
	t->span.len = last->span.off + last->span.len - t->span.off;
}

/* A number in words: 0 when it is none. */
static int64_t number_word(struct str s)
{
	static const char *const words[] = {
	    "one",     "two",     "three",     "four",     "five",     "six",      "seven",
	    "eight",   "nine",    "ten",       "eleven",   "twelve",   "thirteen", "fourteen",
	    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"};
	static const struct {
		const char *word;
		int64_t n;
	} more[] = {{"a", 1},       {"an", 1},     {"thirty", 30},  {"forty", 40},
		    {"fifty", 50},  {"sixty", 60}, {"seventy", 70}, {"eighty", 80},
		    {"ninety", 90}, {"half", 0},   {"hundred", 100}};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(s, str_from(words[i])))
			return (int64_t)i + 1;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (str_eq(s, str_from(more[i].word)))
			return more[i].n;
	return 0;
}

static void complain_words(struct reader *r, const struct token *t)
{
	struct diag *d = diag_add(r->lexer.diags, W_NUMBER_WORDS, SEVERITY_ERROR, t->span,
				  "a length of time is written with digits");
	diag_help(r->lexer.diags, d, "write `%lld " STR_FMT "`", (long long)t->n,
		  STR_ARG(unit_name(t->unit, t->n != 1)));
}

/* `two weeks`, `a month` behind `within`, `for` or `every`: told, and taken for what it says. */
static size_t read_spelt_period(struct reader *r, size_t i, struct token *t)
{
	static const char *const leads[] = {"within", "for", "every", "in", "after"};
	const struct token *at = r->list.at;
	bool lead = false, business;
	for (size_t k = 0; i && k < sizeof(leads) / sizeof(leads[0]); k++)
		lead |= str_eq(at[i - 1].text, str_from(leads[k]));
	t->n = number_word(at[i].text);
	if (!lead || !t->n || r->list.n - i < 3)
		return 0;
	business = str_eq(at[i + 1].text, STR("business"));
	size_t unit = i + 1 + business;
	if (at[unit].kind != T_NAME || at[unit].first ||
	    !unit_find(at[unit].text, &t->unit, &t->weeks))
		return 0;
	if (business)
		t->unit = UNIT_BUSINESS_DAYS;
	t->kind = T_PERIOD_LITERAL;
	t->text = (struct str){0};
	widen(t, &at[unit]);
	bool deadline =
	    str_eq(at[i - 1].text, STR("in")) && i > 1 && !str_eq(at[i - 2].text, STR("due"));
	if (!deadline) /* `in two weeks` is an error of its own, told by the parser */
		complain_words(r, t);
	return 2 + business;
}

static size_t told_period(struct reader *r, struct token *t, const struct token *last, size_t took,
			  const char *why)
{
	t->kind = T_PERIOD_LITERAL;
	t->weeks = false;
	widen(t, last);
	struct diag *d = diag_add(r->lexer.diags, W_WORDING, SEVERITY_ERROR, t->span,
				  "lengths of time are counted in another way here");
	diag_help(r->lexer.diags, d, "write `%lld " STR_FMT "`%s", (long long)t->n,
		  STR_ARG(unit_name(t->unit, t->n != 1)), why);
	return took;
}

/* `48 hours`, `14 calendar days`, `3 working days`. Returns how many tokens it took, 0: none. */
static size_t read_other_period(struct reader *r, size_t i, struct token *t)
{
	const struct token *at = r->list.at;
	struct str word = at[i + 1].text;
	if (at[i + 1].first || is_label(r, i + 1))
		return 0;
	if (str_eq(word, STR("hour")) || str_eq(word, STR("hours"))) {
		bool deadline = i && (str_eq(at[i - 1].text, STR("within")) ||
				      str_eq(at[i - 1].text, STR("after")));
		t->unit = deadline ? UNIT_DAYS : UNIT_MINUTES;
		t->n = deadline ? t->n / 24 + (t->n % 24 != 0) : t->n > 100000 ? 0 : t->n * 60;
		return told_period(r, t, &at[i + 1], 2,
				   deadline ? ": a deadline ends with a day" : "");
	}
	bool working =
	    str_eq(word, STR("working")) || str_eq(word, STR("work")) || str_eq(word, STR("court"));
	bool calendar = str_eq(word, STR("calendar")) || str_eq(word, STR("consecutive"));
	if (!(working || calendar) || r->list.n - i < 3 ||
	    !unit_find(at[i + 2].text, &t->unit, &t->weeks) || t->unit != UNIT_DAYS)
		return 0;
	t->unit = working ? UNIT_BUSINESS_DAYS : UNIT_DAYS;
	return told_period(r, t, &at[i + 2], 3, calendar ? ": every day counts" : "");
}

/* `fifty dollars`, `ten percent`: told, and taken for what it says. */
static size_t read_spelt_amount(struct reader *r, size_t i, struct token *t)
{
	const struct token *at = r->list.at;
	if (r->list.n - i < 2 || at[i + 1].first || is_label(r, i + 1) ||
	    str_eq(at[i].text, STR("a")))
		return 0;
	int64_t n = number_word(at[i].text);
	struct str unit = at[i + 1].text;
	bool dollars = str_eq(unit, STR("dollars")) || str_eq(unit, STR("dollar"));
	bool cents = str_eq(unit, STR("cents")) || str_eq(unit, STR("cent"));
	if (!n || !(dollars || cents || str_eq(unit, STR("percent"))))
		return 0;
	t->kind = dollars || cents ? T_MONEY_LITERAL : T_PERCENT_LITERAL;
	t->n = dollars ? n * 100 : cents ? n : n * (PERCENT_ONE / 100);
	t->text = (struct str){0};
	widen(t, &at[i + 1]);
	struct diag *d = diag_add(r->lexer.diags, W_NUMBER_WORDS, SEVERITY_ERROR, t->span,
				  "amounts and percentages are written with digits");
	diag_help(r->lexer.diags, d,
		  cents     ? "write $0.%02lld"
		  : dollars ? "write $%lld"
			    : "write %lld%%",
		  (long long)n);
	return 2;
}

/* Number and unit at i: `14 days`, `3 business days`. Returns how many tokens it took, 0: none. */
static size_t read_period(struct reader *r, size_t i, struct token *t)
{
	const struct token *at = r->list.at;
	size_t left = r->list.n - i, words = 1;
	if (at[i].kind != T_NUMBER_LITERAL || left < 2 || at[i + 1].kind != T_NAME)
		return 0;
	*t = at[i];
	if (str_eq(at[i + 1].text, STR("business")) && left > 2 && at[i + 2].kind == T_NAME &&
	    !is_label(r, i + 2) && unit_find(at[i + 2].text, &t->unit, &t->weeks) &&
	    t->unit == UNIT_DAYS) {
		t->unit = UNIT_BUSINESS_DAYS;
		words = 2;
	} else if (is_label(r, i + 1) || !unit_find(at[i + 1].text, &t->unit, &t->weeks)) {
		return read_other_period(r, i, t);
	}
	t->kind = T_PERIOD_LITERAL;
	widen(t, &at[i + words]);
	return 1 + words;
}

/* `1,250 of them`, `75% of them`. Returns how many tokens it took, 0: none. */
static size_t read_share(const struct reader *r, size_t i, struct token *t)
{
	const struct token *at = r->list.at + i;
	if (r->list.n - i < 3 || !str_eq(at[1].text, STR("of")) || !str_eq(at[2].text, STR("them")))
		return 0;
	*t = *at;
	t->percent = at->kind == T_PERCENT_LITERAL;
	t->kind = T_SHARE_LITERAL;
	widen(t, &at[2]);
	return 3;
}

/* An event may be called `enrolled`: in `count of enrolled in last 30 days` the words `in last`
 * belong together, and what comes before them is the name. */
static bool ends_in_window(const struct reader *r, size_t i, size_t n)
{
	const struct token *at = r->list.at + i;
	return n == 2 && i + n < r->list.n && !keyword_find(at->text) &&
	       str_eq(at[1].text, STR("in")) && str_eq(at[2].text, STR("last"));
}

/* The longest keyword that begins at word i. Returns how many words it took, 0: none. */
static size_t read_keyword(const struct reader *r, size_t i, const struct keyword **found)
{
	char text[KEYWORD_PHRASE_BYTES];
	size_t len = 0, best = 0;
	for (size_t n = 0; n < KEYWORD_PHRASE_WORDS && i + n < r->list.n; n++) {
		const struct token *t = &r->list.at[i + n];
		if (t->kind != T_NAME || is_label(r, i + n) || t->text.len + 1 > sizeof(text) - len)
			break;
		if (n)
			text[len++] = ' ';
		for (size_t k = 0; k < t->text.len; k++)
			text[len++] = t->text.p[k];
		const struct keyword *k = keyword_find((struct str){text, len});
		if (k) {
			*found = k;
			best = n + 1;
		}
		if (n == 0 && !keyword_begins_phrase(t->text))
			break;
	}
	return ends_in_window(r, i, best) ? 0 : best;
}

/* The `|` that begins a row stands first on its line, and the one that ends it stands last. */
static int bar_of_row(const struct reader *r, size_t i)
{
	const struct token *t = &r->list.at[i];
	if (t->first)
		return T_ROW;
	return t[1].first || t[1].kind == T_END ? T_ROW_END : '|';
}

static bool begins_value(int kind)
{
	return kind == T_NAME || kind == T_MONEY_LITERAL || kind == T_NUMBER_LITERAL ||
	       kind == T_PERCENT_LITERAL || kind == T_DATE_LITERAL;
}

/* `under $30,000`, `5 or more`: words of a cell, and of nothing else, so that they are free as
 * names elsewhere. */
static size_t read_cell_word(const struct reader *r, size_t i, struct token *t)
{
	const struct token *at = r->list.at + i;
	bool next = i + 1 < r->list.n && !at[1].first;
	bool under = str_eq(at->text, STR("under"));
	if (!r->in_row)
		return 0;
	if (next && begins_value(at[1].kind) && (under || str_eq(at->text, STR("over")))) {
		t->kind = under ? T_UNDER : T_OVER;
		return 1;
	}
	bool more = next && str_eq(at[1].text, STR("more"));
	if (!str_eq(at->text, STR("or")) || !(more || (next && str_eq(at[1].text, STR("less")))))
		return 0;
	t->kind = more ? T_OR_MORE : T_OR_LESS;
	t->text = more ? STR("or more") : STR("or less");
	widen(t, &at[1]);
	return 2;
}

static size_t read_word(struct reader *r, size_t i, struct token *t)
{
	const struct keyword *k = NULL;
	*t = r->list.at[i];
	if (is_label(r, i)) {
		t->kind = T_LABEL;
		return 1;
	}
	size_t told = read_spelt_period(r, i, t);
	if (!told)
		told = read_spelt_amount(r, i, t);
	if (told)
		return told;
	*t = r->list.at[i];
	size_t cell = read_cell_word(r, i, t);
	if (cell)
		return cell;
	size_t words = read_keyword(r, i, &k);
	if (!words)
		return 1;
	t->kind = k->token;
	if (words > 1)
		t->text = str_from(k->text);
	widen(t, &r->list.at[i + words - 1]);
	return words;
}

/* In place: what is made of tokens is never longer than they were. */
static void combine(struct reader *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->list.n;) {
		struct token t = r->list.at[i];
		size_t took = 1;
		if (t.first)
			r->in_row = t.kind == '|';
		if (r->in_row && t.kind == '|')
			t.kind = bar_of_row(r, i);
		if (t.kind == T_NAME)
			took = read_word(r, i, &t);
		else if (t.kind == T_NUMBER_LITERAL || t.kind == T_PERCENT_LITERAL)
			took = read_share(r, i, &t);
		if (t.kind == T_NUMBER_LITERAL)
			took = read_period(r, i, &t);
		if (!took) {
			t = r->list.at[i];
			took = 1;
		}
		i += took;
		r->list.at[n++] = t;
	}
	r->list.n = n;
}

static struct ast_comment *turn(struct ast_comment *list)
{
	struct ast_comment *out = NULL;
	while (list) {
		struct ast_comment *next = list->next;
		list->next = out;
		out = list;
		list = next;
	}
	return out;
}

struct token_list tokens_read(struct arena *arena, struct str text, uint32_t source,
			      struct diag_list *diags)
{
	struct reader r = {
	    .lexer = {
		.arena = arena, .diags = diags, .text = text, .source = source, .first = true}};
	struct str rest = text;
	if (!lexer_readable(&r.lexer))
		rest.len = 0;
	if (str_starts(rest, STR("\xef\xbb\xbf"))) {
		rest.p += 3;
		rest.len -= 3;
		r.lexer.end = 3;
	}
	scan(&r, rest.len ? rest : STR(""));
	combine(&r);
	struct token_list list = {.n = r.list.n, .comments = turn(r.lexer.comments)};
	list.at = arena_array(arena, list.n, sizeof(*list.at));
	memcpy(list.at, r.list.at, list.n * sizeof(*list.at));
	vec_release(&r.list);
	return list;
}
