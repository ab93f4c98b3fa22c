/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes along from word processors, spreadsheets and letters: headings, drawn lines, formulas,
 * comments of other kinds, amounts in words, whole documents under the name of a policy. Each is
 * told once, with what to write instead, and what belongs to it is not read as policy.
 */
#include "grammar/lexer.h"

#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "grammar/keywords.h"
#include "grammar/parser.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_small(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The rest of the line from an offset on, without its end. */
static struct str rest_of_line(const struct lexer *x, uint32_t from)
{
	uint32_t end = from;
	while (end < x->text.len && x->text.p[end] != '\n' && x->text.p[end] != '\r')
		end++;
	return (struct str){x->text.p + from, end - from};
}

void lexer_mute(struct lexer *x, uint32_t until)
{
	x->mute_from = x->end;
	x->mute = until;
}

bool lexer_is_mute(const struct lexer *x)
{
	return x->off >= x->mute_from && x->off < x->mute;
}

static uint32_t mute_line(struct lexer *x)
{
	struct str rest = rest_of_line(x, x->end);
	uint32_t until = x->end + (uint32_t)rest.len;
	lexer_mute(x, until);
	return until;
}

/* ---- whole files ---- */

/* What kind of document a file is by its first bytes; NULL when it may be text. */
static const char *document(struct str s)
{
	static const struct {
		struct str begins;
		const char *what;
	} known[] = {
	    {STR_INIT("PK\003\004"), "a document of Word or Excel"},
	    {STR_INIT("\xd0\xcf\x11\xe0"), "a document of Word or Excel"},
	    {STR_INIT("{\\rtf"), "a document in rich text"},
	    {STR_INIT("%PDF"), "a PDF document"},
	    {STR_INIT("<html"), "a web page"},
	    {STR_INIT("<!DOCTYPE"), "a web page"},
	    {STR_INIT("<?xml"), "an XML document"},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (str_starts(s, known[i].begins))
			return known[i].what;
	return NULL;
}

/* A carriage return that no line feed follows; several before one are what careless copying makes.
 */
static bool ends_lines_alone(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '\r')
			continue;
		while (i < s.len && s.p[i] == '\r')
			i++;
		if (i < s.len && s.p[i] != '\n')
			return true;
	}
	return false;
}

bool lexer_readable(struct lexer *x)
{
	struct str s = x->text;
	const char *what = document(s);
	struct diag *d;
	if (s.len > LIMIT_SOURCE_BYTES) {
		d = lexer_error(x, W_SOURCE_LONG, "the file has %zu bytes; at most %u are allowed",
				s.len, LIMIT_SOURCE_BYTES);
		diag_help(x->diags, d, "split it into a file for each program");
		return false;
	}
	if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"))) {
		d = lexer_error(x, W_NOT_UTF8, "the file is UTF-16, not UTF-8");
		diag_help(x->diags, d, "save it again as plain text with the encoding UTF-8");
		return false;
	}
	if (what) {
		d = lexer_error(x, W_DOCUMENT, "this file is %s, not plain text", what);
		diag_help(
		    x->diags, d,
		    "open it in its own program, copy the policy into a plain text editor, and "
		    "save that as NAME.way with the encoding UTF-8");
		return false;
	}
	if (ends_lines_alone(s)) {
		d = lexer_error(x, W_DOCUMENT,
				"the lines of this file end as on very old computers (with a "
				"carriage return alone)");
		diag_help(x->diags, d,
			  "save it again in a plain text editor, with the line ends of Windows or "
			  "Unix");
		return false;
	}
	return true;
}

/* ---- whole lines ---- */

static bool spells_keyword(struct str lower)
{
	size_t most = lower.len <= 4 ? 1 : 2;
	for (size_t i = 0; i < keyword_count(); i++) {
		const struct keyword *k = keyword_at(i);
		if (k->class != KEYWORD_WORD &&
		    str_distance(lower, str_from(k->text), most) <= most)
			return true;
	}
	return keyword_find(lower) != NULL;
}

/* `Pathway to Safety` at the margin: a heading or a sentence. A label `Age : years` is none. */
bool lexer_heading(struct lexer *x, struct str lower)
{
	if (!x->first || x->off != x->line_start || !is_capital(x->text.p[x->off]))
		return false;
	struct str rest = rest_of_line(x, x->end);
	size_t blanks = 0;
	while (blanks < rest.len && is_blank(rest.p[blanks]))
		blanks++;
	bool label = blanks < rest.len && rest.p[blanks] == ':';
	bool note = str_eq(lower, STR("note")) || str_eq(lower, STR("purpose")) ||
		    str_eq(lower, STR("section")) || str_eq(lower, STR("todo"));
	if (blanks == rest.len || (label && !note) || (!note && spells_keyword(lower)))
		return false;
	struct diag *d = lexer_error(x, W_SYNTAX, "this line is no part of a policy");
	d->span.len = mute_line(x) - x->off;
	diag_help(x->diags, d,
		  "put # before what is only there to be read; a title stands in double quotes "
		  "behind a name, as in program pathway \"Pathway to Safety\"");
	return true;
}

/* `=====` below a heading */
void lexer_drawn(struct lexer *x)
{
	struct diag *d = lexer_error(x, W_PROGRAM_SIGN, "a drawn line means nothing in a policy");
	diag_help(x->diags, d, "leave it out, or put # before it");
}

void lexer_other_comment(struct lexer *x)
{
	struct diag *d =
	    lexer_error(x, W_PROGRAM_SIGN, "`%.2s` does not begin a comment", x->text.p + x->off);
	mute_line(x);
	diag_help(x->diags, d, "write # before what is only there to be read");
}

/* `cite Survivors are …`: what was to be quoted. */
bool lexer_unquoted(struct lexer *x)
{
	if (!x->cite || x->first)
		return false;
	struct diag *d = lexer_error(x, W_TEXT_OPEN, "a citation stands in double quotes");
	d->span.len = mute_line(x) - x->off;
	struct str text = {x->text.p + d->span.off, d->span.len};
	while (text.len && (is_blank(text.p[text.len - 1]) || text.p[text.len - 1] == '"'))
		text.len--;
	size_t shown = text.len;
	for (size_t n = 40; shown > 60 && n > 0; n--) /* cut between two words */
		if (is_blank(text.p[n]))
			shown = n;
	if (shown > 60)
		shown = 40;
	char words[64];
	memcpy(words, text.p, shown);
	words[shown] = '\0';
	text_clean(words);
	diag_help(x->diags, d, "write cite \"%s%s\"", words, shown < text.len ? "…" : "");
	return true;
}

/* `=IF(minutes>=60,100,0)` */
int lexer_formula(struct lexer *x)
{
	if (lexer_is_mute(x))
		return T_MONEY_LITERAL;
	struct str rest = rest_of_line(x, x->end);
	size_t n = 0;
	for (int depth = 1; n < rest.len && depth; n++)
		depth += (rest.p[n] == '(') - (rest.p[n] == ')');
	struct diag *d =
	    lexer_error(x, W_PROGRAM_SIGN, "formulas of a spreadsheet mean nothing in a policy");
	d->span.len = x->end + (uint32_t)n - x->off;
	lexer_mute(x, x->end + (uint32_t)n);
	diag_help(x->diags, d,
		  "write a block for each result, with its condition behind `when`; smaller and "
		  "larger are `lesser of A and B` and `greater of A and B`");
	return T_MONEY_LITERAL;
}

/* ---- words ---- */

/* Where a run of capitalised words such as `Los Angeles` ends, of which the first is at hand. A
 * word that holds sentences together ends it. */
static uint32_t capitals_end(const struct lexer *x)
{
	uint32_t end = x->end;
	while (end - x->off < LIMIT_NAME_BYTES) {
		uint32_t at = end;
		while (at < x->text.len && is_blank(x->text.p[at]))
			at++;
		uint32_t word = at;
		while (at < x->text.len && (is_small(x->text.p[at]) || is_capital(x->text.p[at])))
			at++;
		if (word == end || at == word || !is_capital(x->text.p[word]) || at - word > 20)
			return end;
		char lower[24];
		for (uint32_t i = word; i < at; i++)
			lower[i - word] = (char)(x->text.p[i] | 32);
		const struct keyword *k = keyword_find((struct str){lower, at - word});
		if (k && (k->class == KEYWORD_RESERVED || k->class == KEYWORD_CLAUSE))
			return end;
		end = at;
	}
	return end;
}

bool lexer_capitals(struct lexer *x, struct str lower)
{
	uint32_t end = capitals_end(x);
	if (end == x->end || keyword_find(lower))
		return false;
	struct buf name = {0};
	for (uint32_t i = x->off; i < end; i++) {
		char c = x->text.p[i];
		if (is_blank(c) && name.p[name.len - 1] != '_')
			buf_char(&name, '_');
		else if (!is_blank(c))
			buf_char(&name, (char)(is_capital(c) ? c | 32 : c));
	}
	struct str whole = {x->text.p + x->off, end - x->off};
	struct diag *d =
	    lexer_error(x, W_NAME_UPPER_CASE, "names are one word in small letters: `" STR_FMT "`",
			STR_ARG(whole));
	d->span.len = end - x->off;
	diag_help(x->diags, d,
		  "write `" STR_FMT
		  "` for the name; as a title it stands in double quotes: \"" STR_FMT "\"",
		  STR_ARG(buf_view(&name)), STR_ARG(whole));
	x->token->text = arena_str(x->arena, buf_view(&name));
	if (x->token->text.len > LIMIT_NAME_BYTES)
		x->token->text.len = LIMIT_NAME_BYTES;
	lexer_mute(x, end);
	buf_release(&name);
	return true;
}

/* `provider's vetted` */
bool lexer_possessive(struct lexer *x)
{
	char next = x->end < x->text.len ? x->text.p[x->end] : '\0';
	if (next != '\'' && next != '\xe2')
		return false;
	struct str rest = rest_of_line(x, x->end), name = lexer_text(x);
	size_t n = str_starts(rest, STR("'s "))              ? 2
		   : str_starts(rest, STR("\xe2\x80\x99s ")) ? 4
							     : 0;
	size_t from = n, to;
	while (from < rest.len && is_blank(rest.p[from]))
		from++;
	for (to = from; to < rest.len && (is_small(rest.p[to]) || rest.p[to] == '_');)
		to++;
	if (!n || to == from)
		return false;
	struct diag *d = lexer_error(x, W_WORDING, "what belongs to `" STR_FMT "` follows a point",
				     STR_ARG(name));
	d->span.len += (uint32_t)to;
	diag_help(x->diags, d, "write `" STR_FMT "." STR_FMT "`", STR_ARG(name), (int)(to - from),
		  rest.p + from);
	lexer_mute(x, x->end + (uint32_t)n);
	return true;
}

/* ---- amounts ---- */

static bool number_in(struct str s, struct str *digits)
{
	size_t from = 0, to;
	while (from < s.len && !is_digit(s.p[from]))
		from++;
	for (to = from; to < s.len && (is_digit(s.p[to]) || s.p[to] == ',' || s.p[to] == '.');)
		to++;
	while (to > from && !is_digit(s.p[to - 1]))
		to--;
	*digits = (struct str){s.p + from, to - from};
	return to > from;
}

/* Digits as cents when they are dollars, or as they are when they are cents; -1: cannot be read. */
static int64_t cents_of(struct str digits, bool dollars)
{
	int64_t v = 0;
	size_t point = digits.len, places = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.p[i] == '.' && point < digits.len)
			return -1;
		if (digits.p[i] == '.')
			point = i;
		if (!is_digit(digits.p[i]))
			continue;
		places += i > point;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digits.p[i] - '0', &v))
			return -1;
	}
	if (places != 0 && places != 2)
		return -1;
	if (dollars && !places && __builtin_mul_overflow(v, 100, &v))
		return -1;
	return !dollars && places ? -1 : v;
}

static bool ends_with_cents(struct str s)
{
	return str_contains(s, STR("cent")) || str_contains(s, STR("\xc2\xa2"));
}

/* `100 dollars`, `50 cents`, `50¢`, `100$`, `USD 100` */
int lexer_money_words(struct lexer *x)
{
	struct str s = lexer_text(x), digits;
	size_t next = x->end;
	while (next < x->text.len && is_blank(x->text.p[next]))
		next++;
	if (next < x->text.len && x->text.p[next] == ':' &&
	    is_digit(s.p[0])) { /* a fact may be called `cents` */
		number_in(s, &digits);
		x->end = x->off + (uint32_t)digits.len;
		return lexer_number(x);
	}
	struct diag *d = lexer_error(x, W_MONEY_SIGN,
				     "`" STR_FMT "` is not written as an amount here", STR_ARG(s));
	int64_t cents = number_in(s, &digits) ? cents_of(digits, !ends_with_cents(s)) : -1;
	x->token->n = cents < 0 ? 0 : cents;
	if (cents < 0) {
		diag_help(x->diags, d,
			  "the dollar sign stands directly before the digits: $100 or $1,000.50");
		return T_MONEY_LITERAL;
	}
	struct buf b = {0};
	money_text(&b, cents);
	if (b.len > 3 && b.p[b.len - 1] == '0' && b.p[b.len - 2] == '0')
		b.len -= 3;
	diag_help(x->diags, d, "write " STR_FMT, STR_ARG(buf_view(&b)));
	buf_release(&b);
	return T_MONEY_LITERAL;
}

/* `7.5 percent` */
int lexer_percent_words(struct lexer *x)
{
	struct str s = lexer_text(x), digits;
	struct diag *d = lexer_error(x, W_PERCENT_ALONE, "a percentage is written with its sign");
	number_in(s, &digits);
	diag_help(x->diags, d, "write " STR_FMT "%%", STR_ARG(digits));
	x->token->n = 0;
	return T_PERCENT_LITERAL;
}
