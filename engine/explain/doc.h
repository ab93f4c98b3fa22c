/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy as a document for the public: what each program gives and asks, in plain sentences
 * made from the rule graph, so that they cannot say anything else than what is decided; the amounts
 * that are in force on a day, what changed when and by what, funds, places and meetings, and what
 * is protected. As sections of a page, or as text.
 *
 *     doc_html(&b, rb, &(struct doc_view){program, county, day});
 */
#ifndef WAYMARK_EXPLAIN_DOC_H
#define WAYMARK_EXPLAIN_DOC_H

#include "engine/policy/policy.h"

struct doc_view {
	uint16_t program; /* NONE: all that there are, or that the county has adopted */
	uint16_t county;  /* NONE: as the programs are written, and how counties differ */
	int32_t day;
};

void doc_html(struct buf *b, const struct rulebook *rb, const struct doc_view *v);
void doc_text(struct buf *b, const struct rulebook *rb, const struct doc_view *v);
/* What one provision does, or how a table reads, without its heading and source: a sentence or row
 * a line. */
void doc_lines(struct buf *b, const struct rulebook *rb, const struct doc_view *v, uint32_t block);

#endif
