/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner's side door: what lexer.l, literals.c and tokens.c share. Raw tokens carry the
 * parser's numbers; words all come as T_NAME.
 */
#ifndef WAYMARK_GRAMMAR_LEXER_H
#define WAYMARK_GRAMMAR_LEXER_H

#include "engine/base/mem.h"
#include "grammar/tokens.h"

struct lexer {
	struct arena *arena;
	struct diag_list *diags;
	struct str text; /* the whole source */
	uint32_t source;
	uint32_t off, end;   /* of the token being read */
	uint32_t line_start; /* offset of the line being read */
	bool first;          /* no token on this line yet */
	bool told_encoding, told_nul;
	uint32_t mute_from,
	    mute;  /* what begins in between was told as a whole: no tokens, no errors */
	bool cite; /* the token before is a `cite` that begins its line */
	struct ast_comment *comments; /* backwards */
	struct token *token;          /* filled in by the rules */
};

#define LEXER_NE         10000 /* `!=`: becomes `is` `not` */
#define LEXER_POSSESSIVE 10001 /* `provider's`: becomes `provider` `.` */

bool unit_find(struct str word, enum unit *unit, bool *weeks); /* `day`, `days` ... */

struct span lexer_span(const struct lexer *x);
struct str lexer_text(const struct lexer *x);
struct diag *lexer_error(struct lexer *x, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Each reads the token at hand, reports what is wrong with it, and returns its kind. */
int lexer_money(struct lexer *x);
int lexer_number(struct lexer *x);
int lexer_percent(struct lexer *x);
int lexer_date(struct lexer *x);
int lexer_month(struct lexer *x); /* July 2026 */
int lexer_time(struct lexer *x);
int lexer_half_day(struct lexer *x); /* 9:30 am */
int lexer_word(struct lexer *x);     /* 0: not a word of the policy */
int lexer_zone(struct lexer *x);     /* a time zone without its quotes */
int lexer_quoted(struct lexer *x, uint32_t quote_bytes_before, uint32_t quote_bytes_after);
int lexer_broken_text(struct lexer *x); /* a text that goes on in the next line */
void lexer_comment(struct lexer *x);
int lexer_strange(struct lexer *x); /* a character that has no place here; 0: as if it were none */
void lexer_bad_utf8(struct lexer *x);
void lexer_nul(struct lexer *x);

/* ---- pasted.c ---- */

bool lexer_readable(struct lexer *x);             /* false: no text at all, which was told */
void lexer_mute(struct lexer *x, uint32_t until); /* from the end of the token at hand */
bool lexer_is_mute(const struct lexer *x);
/* Each is true when the word at hand was told; `lower` is it in small letters. */
bool lexer_heading(struct lexer *x, struct str lower);
bool lexer_capitals(struct lexer *x, struct str lower);
bool lexer_possessive(struct lexer *x);
bool lexer_unquoted(struct lexer *x);
void lexer_drawn(struct lexer *x);
void lexer_other_comment(struct lexer *x);
int lexer_formula(struct lexer *x);
int lexer_money_words(struct lexer *x);
int lexer_percent_words(struct lexer *x);

#endif
