/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told in sentences: a heading, sections, paragraphs and items. It is put together once and
 * then written as text, as sections of an HTML document (html.h), or as JSON.
 *
 *     struct prose p = {0};
 *     buf_c(prose_add(&p, PROSE_SECTION), "What was decided");
 *     buf_fmt(prose_add(&p, PROSE_ITEM), "You will be paid %s.", amount);
 *     prose_letter(&out, &p);
 *     prose_release(&p);
 */
#ifndef WAYMARK_PAGE_PROSE_H
#define WAYMARK_PAGE_PROSE_H

#include "engine/base/str.h"
#include "engine/base/vec.h"

#define PROSE_WIDTH 78 /* of a letter's lines, in bytes; a longer word stands alone */

enum prose_kind {
	PROSE_TITLE,
	PROSE_SECTION,
	PROSE_P,
	PROSE_ITEM,
	PROSE_SUBITEM /* of the item before it */
};

struct prose_piece {
	enum prose_kind kind;
	size_t from; /* where it begins in the text */
};

struct prose {
	struct buf text;
	VEC(struct prose_piece) pieces;
};

/* Begins a piece; its words are written to what is returned, until the next one begins. A piece
 * without words is left out. */
struct buf *prose_add(struct prose *p, enum prose_kind kind);
bool prose_is_empty(const struct prose *p);
/* Takes back the piece that was begun last. */
void prose_drop(struct prose *p);
/* Adds all pieces of another one at the end. */
void prose_join(struct prose *p, const struct prose *other);
void prose_clear(struct prose *p);
void prose_release(struct prose *p);

/* One line a piece, set in by what it is: for reading beside the policy. */
void prose_outline(struct buf *b, const struct prose *p);
/* For reading at a table: lines are broken, paragraphs stand apart, items have a dash. */
void prose_letter(struct buf *b, const struct prose *p);
/* Sections only; a title becomes one, and sections below it subsections. */
void prose_html(struct buf *b, const struct prose *p);
/* [{"kind":"section","text":"…"}, …] */
void prose_json(struct buf *b, const struct prose *p);

#endif
