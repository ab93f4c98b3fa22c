/* SPDX-License-Identifier: Apache-2.0
 *
 * Which words can stand at a place? The parser is brought to that place by a token that fits
 * nowhere, and what it says that it expects is the answer; the token then becomes a name, if a name
 * can stand there, and the clause around it, of which the rest may not be written yet, is finished
 * with words that fit, so that the name is looked up as any other. Inside the grammar folder only.
 */
#ifndef WAYMARK_GRAMMAR_ASKING_H
#define WAYMARK_GRAMMAR_ASKING_H

#include "grammar/syntax_error.h"

struct asked;

struct asking {
	struct asked *asked;
	struct expected_set *after; /* not NULL: only what is expected is wanted, in a trial */
	int filled;                 /* words put in to finish the clause */
	bool told, done;
};

/* Marks the token that is asked about, if there is one. */
void asking_begin(struct build *b, struct asking *asking);
/* The parser cannot go on, at a place that asking has to do with. */
bool asking_here(const struct build *b);
/* Takes the answer, and arranges for what to read next; false: a syntax error like any other. */
bool asking_answer(struct build *b, const struct expected_set *expected);
/* Words that `word` can be where no name is looked up, if it is the one asked about. */
void asking_offer(const struct build *b, struct str word, const struct str *words, size_t n);

#endif
