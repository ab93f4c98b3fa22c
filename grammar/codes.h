/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue of diagnostics: every code once, in codes.def, with what `waymark explain-code`
 * says about it. Whoever reports uses the constant:
 *
 *     diag_add(diags, W_MONEY_GROUPING, SEVERITY_ERROR, span, "…");
 *
 * A code is stable: it is never given to another mistake, and never reused after it went away.
 */
#ifndef WAYMARK_GRAMMAR_CODES_H
#define WAYMARK_GRAMMAR_CODES_H

#include "engine/base/str.h"

enum code_number {
#define W(number, constant, title, explanation, wrong, right) constant = number,
#include "grammar/codes.def"
#undef W
};

struct code_entry {
	int number;
	struct str title;       /* a phrase, no full stop */
	struct str explanation; /* one paragraph */
	struct str wrong;       /* policy text that gives exactly this code */
	struct str right;       /* the same, put right */
};

size_t codes_count(void);
const struct code_entry *codes_at(size_t i);          /* ascending by number */
const struct code_entry *codes_find(int number);      /* NULL when there is none */
const struct code_entry *codes_find_name(struct str); /* "W0101" or "w101"; NULL when unknown */

/* What explain-code prints: title, explanation, wrong and right example. */
void codes_explain(struct buf *b, const struct code_entry *entry);

#endif
