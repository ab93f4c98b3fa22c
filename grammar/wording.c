/* SPDX-License-Identifier: Apache-2.0
 *
 * Words, quoted texts and comments as they stand in a policy, and the characters that have no place
 * in them: capitals, curly quotes, other dashes, other encodings.
 */
#include "grammar/lexer.h"

#include "engine/base/limits.h"
#include "grammar/codes.h"
#include "grammar/parser.h"

#include <string.h>

/* A message may quote malformed text, or be cut inside a character: nothing of that goes out. */
void text_clean(char *text)
{
	for (char *p = text; *p;) {
		unsigned char c = (unsigned char)*p;
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		if (c < 0x20 || c == 0x7f || strnlen(p, n) < n ||
		    (n > 1 && !str_is_utf8((struct str){p, n}))) {
			*p++ = '?';
			continue;
		}
		p += n;
	}
}

/* ---- words and texts ---- */

static bool is_weekday(struct str s)
{
	static const struct str days[] = {
	    STR_INIT("Monday"), STR_INIT("Tuesday"),  STR_INIT("Wednesday"), STR_INIT("Thursday"),
	    STR_INIT("Friday"), STR_INIT("Saturday"), STR_INIT("Sunday")};
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (str_eq(days[i], s))
			return true;
	return false;
}

int32_t month_number(struct str name)
{
	static const struct str months[] = {
	    STR_INIT("January"), STR_INIT("February"), STR_INIT("March"),
	    STR_INIT("April"),   STR_INIT("May"),      STR_INIT("June"),
	    STR_INIT("July"),    STR_INIT("August"),   STR_INIT("September"),
	    STR_INIT("October"), STR_INIT("November"), STR_INIT("December")};
	for (int32_t i = 0; i < 12; i++)
		if (str_eq(months[i], name))
			return i + 1;
	return 0;
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* In small letters, and in parts where a capital begins one: InfractionFee, infraction_fee. */
static struct str lower_case(struct arena *arena, struct str s)
{
	struct buf t = {0};
	for (size_t i = 0; i < s.len; i++) {
		bool begins = i > 0 && is_capital(s.p[i]) && !is_capital(s.p[i - 1]);
		if (begins && s.p[i - 1] != '_')
			buf_char(&t, '_');
		buf_char(&t, (char)(is_capital(s.p[i]) ? s.p[i] + ('a' - 'A') : s.p[i]));
	}
	struct str lower = arena_str(arena, buf_view(&t));
	buf_release(&t);
	return lower;
}

static bool has_capitals(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_capital(s.p[i]))
			return true;
	return false;
}

int lexer_word(struct lexer *x)
{
	struct str s = lexer_text(x);
	x->token->text = s;
	if (lexer_is_mute(x))
		return T_NAME;
	if (s.len > LIMIT_NAME_BYTES) {
		struct diag *d = lexer_error(x, W_NAME_LONG,
					     "this name has %zu characters; at most %u are allowed",
					     s.len, LIMIT_NAME_BYTES);
		diag_help(x->diags, d, "shorten it, and put the long form into the title");
		x->token->text.len = LIMIT_NAME_BYTES;
		return T_NAME;
	}
	if (is_weekday(s))
		return T_WEEKDAY;
	if (lexer_possessive(x))
		return LEXER_POSSESSIVE;
	if (month_number(s))
		return T_MONTH;
	if (has_capitals(s)) {
		x->token->text = lower_case(x->arena, s);
		if (lexer_unquoted(x))
			return T_TEXT;
		if (lexer_heading(x, x->token->text))
			return 0;
		if (lexer_capitals(x, x->token->text))
			return T_NAME;
		struct diag *d =
		    lexer_error(x, W_NAME_UPPER_CASE,
				"names are written in small letters: `" STR_FMT "`", STR_ARG(s));
		diag_help(x->diags, d, "did you mean `" STR_FMT "`?", STR_ARG(x->token->text));
	}
	return T_NAME;
}

int lexer_zone(struct lexer *x)
{
	x->token->text = lexer_text(x);
	struct diag *d = lexer_error(x, W_SYNTAX, "a time zone stands in double quotes");
	diag_help(x->diags, d, "write \"" STR_FMT "\"", STR_ARG(x->token->text));
	return T_TEXT;
}

/* The first byte of s that is not part of printable UTF-8 text, or s.len. */
static size_t first_bad_byte(struct str s)
{
	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		if (n > s.len - i || (c < 0x20 && c != '\t') || c == 0x7f)
			return i;
		if (c >= 0x80 && !str_is_utf8((struct str){s.p + i, n}))
			return i;
		i += n;
	}
	return s.len;
}

/* Narrows the token at hand to one byte of it, for a message about that byte. */
static void check_inside(struct lexer *x, struct str s)
{
	size_t bad = first_bad_byte(s);
	if (bad == s.len)
		return;
	uint32_t off = x->off, end = x->end;
	x->off = (uint32_t)(s.p + bad - x->text.p);
	x->end = x->off + 1;
	unsigned char c = (unsigned char)s.p[bad];
	if (c == 0)
		lexer_nul(x);
	else if (c >= 0x80)
		lexer_bad_utf8(x);
	else
		lexer_error(x, W_CONTROL_CHARACTER, "a control character (byte %u) stands here", c);
	x->off = off;
	x->end = end;
}

int lexer_quoted(struct lexer *x, uint32_t before, uint32_t after)
{
	struct str s = lexer_text(x);
	s.p += before;
	s.len -= before + after;
	x->token->text = s;
	if (before == 3) {
		struct diag *d = lexer_error(x, W_CURLY_QUOTES, "this text has curly quotes");
		diag_help(x->diags, d,
			  "use straight double quotes (\"), as a plain text editor writes them");
	} else if (x->text.p[x->off] == '\'') {
		struct diag *d = lexer_error(x, W_CHARACTER, "this text has single quotes");
		diag_help(x->diags, d, "texts stand in double quotes (\")");
	} else if (!after) {
		struct diag *d = lexer_error(x, W_TEXT_OPEN, "this text has no closing quote");
		diag_help(x->diags, d,
			  "a text ends with a straight double quote (\") on the same "
			  "line");
	}
	if (s.len > LIMIT_TEXT_BYTES) {
		struct diag *d =
		    lexer_error(x, W_TEXT_LONG, "this text has %zu bytes; at most %u are allowed",
				s.len, LIMIT_TEXT_BYTES);
		diag_help(x->diags, d, "quote a sentence and cite the document for the rest");
		x->token->text.len = 0;
		return T_TEXT;
	}
	check_inside(x, s);
	return T_TEXT;
}

int lexer_broken_text(struct lexer *x)
{
	struct str s = lexer_text(x);
	struct diag *d = lexer_error(x, W_TEXT_OPEN, "this text goes on in the next line");
	size_t line = 0;
	while (s.p[line] != '\n')
		line++;
	d->span.len = (uint32_t)line;
	diag_help(x->diags, d, "a text stands on one line, however long it is: join the two lines");
	x->line_start = x->off + (uint32_t)line + 1;
	x->token->text = (struct str){s.p + 1, 0};
	return T_TEXT;
}

void lexer_comment(struct lexer *x)
{
	if (x->end > x->off && x->text.p[x->end - 1] == '\r')
		x->end--; /* the line's end, not the comment's */
	struct ast_comment *c = arena_alloc(x->arena, sizeof(*c));
	c->span = lexer_span(x);
	c->alone = x->first;
	c->next = x->comments;
	x->comments = c;
	check_inside(x, lexer_text(x));
	uint32_t end = (uint32_t)(c->span.off + c->span.len);
	x->end = end + (end < x->text.len && x->text.p[end] == '\r');
}

/* ---- characters out of place ---- */

struct typographic {
	struct str bytes;
	const char *name;
	int kind; /* of the token that is meant; 0: none */
};

static const struct typographic *typographic_of(struct str s)
{
	static const struct typographic known[] = {
	    {STR_INIT("\xe2\x80\x90"), "a hyphen of another kind; write -", 0},
	    {STR_INIT("\xe2\x80\x91"), "a non-breaking hyphen; write -", 0},
	    {STR_INIT("\xe2\x80\x93"), "an en dash; write -", 0},
	    {STR_INIT("\xe2\x80\x94"), "an em dash; write -", 0},
	    {STR_INIT("\xe2\x88\x92"), "a minus sign of another kind; write -", 0},
	    {STR_INIT("\xc2\xa0"), "a non-breaking space; write a plain space", 0},
	    {STR_INIT("\xe2\x80\xaf"), "a narrow space; write a plain space", 0},
	    {STR_INIT("\xe2\x80\x8b"), "an invisible space; delete it", 0},
	    {STR_INIT("\xef\xbb\xbf"), "an invisible mark; delete it", 0},
	    {STR_INIT("\xc2\xad"), "an invisible hyphen; delete it", 0},
	    {STR_INIT("\xc3\x97"), "a multiplication sign; write x", T_X},
	    {STR_INIT("\xe2\x89\xa4"), "a sign for at most; write <=", T_LE},
	    {STR_INIT("\xe2\x89\xa5"), "a sign for at least; write >=", T_GE},
	    {STR_INIT("\xe2\x89\xa0"), "a sign for unequal; write is not", LEXER_NE},
	    {STR_INIT("\xe2\x80\xa6"), "an ellipsis; leave it out", 0},
	    {STR_INIT("\xe2\x80\xa2"), "a bullet; leave it out", 0},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_eq(known[i].bytes, s))
			return &known[i];
	return NULL;
}

static bool is_curly(struct str s)
{
	return s.len == 3 && s.p[0] == '\xe2' && s.p[1] == '\x80' &&
	       (unsigned char)s.p[2] >= 0x98 && (unsigned char)s.p[2] <= 0x9f;
}

static const char *instead_of(char c)
{
	if (c == '\'')
		return "texts stand in double quotes";
	if (c == '[' || c == ']')
		return "leave it out: names stand without brackets";
	return "outside of quoted texts and comments, names are made of a-z, 0-9 and _";
}

int lexer_strange(struct lexer *x)
{
	struct str s = lexer_text(x);
	const struct typographic *known = typographic_of(s);
	if (is_curly(s)) {
		struct diag *d = lexer_error(x, W_CURLY_QUOTES, "this is a curly quote");
		diag_help(x->diags, d, "use straight double quotes (\") around texts");
	} else if (known) {
		lexer_error(x, W_TYPOGRAPHY, "this is %s", known->name);
		return known->kind;
	} else if ((unsigned char)s.p[0] >= 0x80 && !str_is_utf8(s)) {
		lexer_bad_utf8(x);
	} else if ((unsigned char)s.p[0] < 0x20 || s.p[0] == 0x7f) {
		lexer_error(x, W_CONTROL_CHARACTER, "a control character (byte %u) stands here",
			    (unsigned char)s.p[0]);
	} else {
		struct diag *d = lexer_error(
		    x, W_CHARACTER, "`" STR_FMT "` has no meaning in a policy", STR_ARG(s));
		diag_help(x->diags, d, "%s", instead_of(s.p[0]));
	}
	return 0;
}

void lexer_bad_utf8(struct lexer *x)
{
	if (x->told_encoding)
		return;
	x->told_encoding = true;
	struct diag *d = lexer_error(x, W_NOT_UTF8, "the file is not UTF-8 text from here on");
	diag_help(x->diags, d, "save it again as plain text with the encoding UTF-8");
}

void lexer_nul(struct lexer *x)
{
	if (x->told_nul)
		return;
	x->told_nul = true;
	struct diag *d = lexer_error(x, W_NUL, "the file holds a NUL byte: it is not plain text");
	diag_help(x->diags, d, "save it again as plain text with the encoding UTF-8");
}
