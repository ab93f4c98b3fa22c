/* SPDX-License-Identifier: Apache-2.0
 *
 * A file as a list of tokens. The scanner (lexer.l) cuts the text into words, numbers and signs;
 * this makes keywords, phrases (`at most`), periods (`14 days`) and labels (`age :`) of them. The
 * whole file is read before parsing, so that the parser can begin again at any token after a
 * syntax error.
 */
#ifndef WAYMARK_GRAMMAR_TOKENS_H
#define WAYMARK_GRAMMAR_TOKENS_H

#include "grammar/ast.h"

struct token {
	int kind;     /* the parser's token number */
	bool first;   /* first on its line */
	bool weeks;   /* T_PERIOD written in weeks */
	bool percent; /* `75% of them`, and not `75 of them` */
	struct span span;
	struct str text; /* names, keywords, texts without their quotes */
	int64_t n;       /* numbers, money, dates, times; count of a period */
	enum unit unit;  /* of a period */
};

struct token_list {
	struct token *at; /* in the arena; the last one is the end of the file */
	size_t n;
	struct ast_comment *comments;
};

/* Lexical errors go to diags; the list is complete all the same. */
struct token_list tokens_read(struct arena *arena, struct str text, uint32_t source,
			      struct diag_list *diags);

int32_t month_number(struct str name); /* July: 7; 0: none */

void text_clean(char *text); /* what is not printable UTF-8 becomes `?` */

#endif
