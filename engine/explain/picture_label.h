/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels of a picture for Graphviz: tables of one column, whose lines are broken where they get
 * long. Graphviz reads them like HTML; whatever is given as text is escaped.
 *
 *     label_begin(b);
 *     label_row(b, title, 44, label_colour(BLOCK_RULE), LABEL_BOLD);
 *     label_port(b, 7), label_row(b, words, 48, NULL, LABEL_PLAIN), label_port_end(b);
 *     label_end(b);
 */
#ifndef WAYMARK_EXPLAIN_PICTURE_LABEL_H
#define WAYMARK_EXPLAIN_PICTURE_LABEL_H

#include "engine/policy/policy.h"

enum label_look {
	LABEL_PLAIN,
	LABEL_BOLD,
	LABEL_ITALIC,
	LABEL_SMALL, /* what goes on from the row above */
	LABEL_TINY,  /* names and places, for who looks them up */
	LABEL_PATH,  /* from one step to the next */
	LABEL_TABLE  /* letters of equal width */
};

void label_begin(struct buf *b);
void label_end(struct buf *b);
void label_row(struct buf *b, struct str s, size_t wide, const char *colour, enum label_look look);
/* Rows that edges may lead to, as `:p7`. */
void label_port(struct buf *b, uint32_t port);
void label_port_end(struct buf *b);
/* Without a table, for a node that has a shape of its own. */
void label_text(struct buf *b, struct str s, size_t wide);

/* Nodes with shapes of their own. */
#define LABEL_EVENT                                                                                \
	"shape=box, style=\"rounded,filled\", fillcolor=\"#eef3f8\", color=\"#205493\", "          \
	"margin=\"0.12,0.06\""
#define LABEL_FUND                                                                                 \
	"shape=cylinder, style=filled, fillcolor=\"#f6fbf6\", color=\"#3c7a3c\", "                 \
	"margin=\"0.15,0.1\""

/* What the colours and columns mean, as the label of the whole picture. */
void label_legend(struct buf *b);
const char *label_colour(enum block_kind kind);

#endif
