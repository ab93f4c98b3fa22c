/* SPDX-License-Identifier: Apache-2.0
 *
 * What to say when the parser cannot go on: what was found, what was expected there in the
 * author's words, and what was probably meant. A misspelt word of the language is put right in the
 * token list (`patched`), so that the clause can be read again and nothing else goes wrong.
 */
#ifndef WAYMARK_GRAMMAR_SYNTAX_ERROR_H
#define WAYMARK_GRAMMAR_SYNTAX_ERROR_H

#include "grammar/build.h"

#define EXPECTED_MAX 256

struct expected_set {
	int token[EXPECTED_MAX];
	int n;
};

/* True when no words are to be found for an error: it follows from one that was told, or so many
 * were told that one more is only counted; then it is. */
bool syntax_error_only_counted(struct build *b);
void syntax_error(struct build *b, const struct expected_set *expected);
void syntax_error_depth(struct build *b, struct span where); /* the parser's stack is full */

/* Token i begins a block: first on its line, and what follows looks like the head of one. */
bool syntax_begins_block(const struct build *b, size_t i);
/* The first token that is not yet part of anything attached: where the open clause began. */
size_t syntax_clause_start(const struct build *b);

#endif
