/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of the language, in one sorted table. Nearly all of them mean something in one place
 * only and stay usable as names elsewhere (the parser's `name` accepts them); the few that hold
 * sentences together are reserved. Some words are phrases: `at most` is one token.
 */
#ifndef WAYMARK_GRAMMAR_KEYWORDS_H
#define WAYMARK_GRAMMAR_KEYWORDS_H

#include "engine/base/str.h"

#define KEYWORD_PHRASE_WORDS 4  /* words of the longest phrase */
#define KEYWORD_PHRASE_BYTES 32 /* and its bytes, at most */

enum keyword_class {
	KEYWORD_WORD,     /* usable as a name */
	KEYWORD_BLOCK,    /* begins a block or a line of a scenario; usable as a name */
	KEYWORD_CLAUSE,   /* begins a clause; usable as a name unless it is a phrase */
	KEYWORD_RESERVED, /* never a name */
};

struct keyword {
	const char *text; /* words joined by one space */
	int token;        /* of the parser */
	enum keyword_class class;
};

const struct keyword *keyword_find(struct str text); /* NULL: no keyword */
const struct keyword *keyword_of_token(int token);   /* NULL: not a keyword's token */
bool keyword_begins_phrase(struct str word);         /* `at`, because of `at most` */

size_t keyword_count(void);
const struct keyword *keyword_at(size_t i); /* in order of text */

#endif
