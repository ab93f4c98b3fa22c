/* SPDX-License-Identifier: Apache-2.0
 *
 * One program while its document is written.
 */
#ifndef WAYMARK_EXPLAIN_DOC_INTERNAL_H
#define WAYMARK_EXPLAIN_DOC_INTERNAL_H

#include "engine/explain/doc.h"

#include "engine/explain/plain.h"
#include "engine/page/sheet.h"
#include "engine/policy/graph.h"

struct doc {
	const struct rulebook *rb;
	const struct doc_view *view;
	uint16_t program;
	const struct graph_block *blocks; /* of the program */
	size_t n;
	struct sheet *sheet;
	struct buf words; /* of the sentence that is being made */
};

struct plain doc_plain(const struct doc *d, const struct block *k, uint16_t event);
/* The words as a sentence; then they are empty again. */
void doc_p(struct doc *d);
void doc_item(struct doc *d);
void doc_cell(struct doc *d);
void doc_note(struct doc *d);

/* doc_block.c: one provision. */
void doc_block(struct doc *d, const struct graph_block *g);
void doc_block_says(struct doc *d, const struct block *k);
/* doc_table.c: a table as it is looked up. */
void doc_table(struct doc *d, const struct block *k);
/* doc_amounts.c: figures by day and county; funds, places, meetings. */
void doc_amounts(struct doc *d);
void doc_changes(struct doc *d);
void doc_differences(struct doc *d);
void doc_means(struct doc *d);

#endif
