/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the parser stopped: what was found, what came before it, and the words to say so.
 */
#ifndef WAYMARK_GRAMMAR_SYNTAX_SCENE_H
#define WAYMARK_GRAMMAR_SYNTAX_SCENE_H

#include "grammar/keywords.h"
#include "grammar/syntax_error.h"

struct scene {
	struct build *b;
	const struct expected_set *expected;
	size_t start; /* token where the open clause began */
	size_t at;    /* the token that does not fit */
	const struct token *found;
	const struct token *before; /* the one before it; NULL at the beginning of a clause */
	bool swallowed; /* the parser went one token further: `expected` is of that place */
};

bool scene_expects(const struct scene *s, int token);
/* What the word before calls for, as staff would name it; NULL when it calls for nothing. */
const char *scene_wanted(const struct scene *s);
const char *scene_wanted_in_body(int resume); /* what a line of the open block may begin with */
void scene_list(struct buf *out, const struct scene *s); /* all that is expected, in short */

const struct keyword *token_keyword(const struct token *t); /* NULL: no word of the language */
bool token_is_word(const struct token *t);                  /* a name, or a word usable as one */
void token_describe(struct buf *out, const struct build *b, const struct token *t);

#endif
